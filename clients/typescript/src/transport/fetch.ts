/** The HTTP transport: one request with fetch, and the key, which only this file has. */
import { BufferSink, type HttpRequest, type HttpResponse, MAX_BODY_BYTES, type TransportFailure } from "../effects.js";
import type { Transport } from "../effects.js";

const USER_AGENT = "gptimage2-video-typescript/0.1.0";
/** A shorter key would be found in innocent text. */
const MIN_REDACTED_KEY = 8;
/** A connection that fails with one of these has sent no byte of the request; with anything else it may have. */
const NEVER_SENT_CALLS: readonly unknown[] = ["connect", "getaddrinfo"];
const NEVER_SENT_CODES: readonly unknown[] = [
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
];

const TOO_LARGE = `response larger than ${MAX_BODY_BYTES / 1024 ** 2} MiB; aborted`;
/** The words of the system for its codes. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection broken",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  ENOTFOUND: "name or service not known",
  EPIPE: "connection broken",
  ETIMEDOUT: "connection timed out",
  UND_ERR_SOCKET: "connection broken",
};

/** Sends with a `fetch`, which may be the caller's own. */
export class FetchTransport implements Transport {
  readonly #key: string;
  readonly #fetch: typeof globalThis.fetch;

  constructor(key: string, fetch: typeof globalThis.fetch) {
    this.#key = key;
    this.#fetch = fetch;
  }

  async send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse | TransportFailure> {
    const buffer = new BufferSink();
    const sink = request.sink ?? buffer;
    const limits = new RequestLimits(request, signal);
    let response: Response | null = null;
    const partial = () => response && this.#response(response, buffer.text);
    try {
      response = await this.#fetch(request.url, this.#init(request, limits.signal));
      if (!sink.start(response.status, response.headers)) return this.#response(response, "");
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        limits.onChunk();
        if (!(await sink.write(chunk))) return failure(true, TOO_LARGE, partial());
      }
      return this.#response(response, buffer.text);
    } catch (error) {
      if (limits.timedOut) return failure(true, limits.timedOut, partial());
      const sent = signal?.aborted || !neverSent(error);
      return failure(sent, sent ? reasonOf(error) : connectError(error, request.url), partial());
    } finally {
      limits.clear();
    }
  }

  #init(request: HttpRequest, signal: AbortSignal): RequestInit {
    const { method, authenticated, body = null } = request;
    // A redirect of the API is not followed, as the key would go along; that of a CDN is, without it.
    const key = authenticated ? { Authorization: `Bearer ${this.#key}` } : {};
    const headers = { ...request.headers, "User-Agent": USER_AGENT, ...key };
    return { method, headers, body, signal, redirect: authenticated ? "manual" : "follow" };
  }

  /** The response without the key, which a service may echo when it refuses it. */
  #response({ status, headers }: Response, text: string): HttpResponse {
    const redact = (value: string) =>
      this.#key.length >= MIN_REDACTED_KEY ? value.replaceAll(this.#key, "[the key]") : value;
    const redacted = [...headers].map(([name, value]): [string, string] => [name, redact(value)]);
    return { type: "response", status, headers: new Headers(redacted), text: redact(text) };
  }
}

/** The time limits of one request, and the caller's own signal, as one signal. */
class RequestLimits {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #startStep: () => ReturnType<typeof setTimeout>;
  /** Which limit has passed; null where none has. */
  timedOut: string | null = null;
  readonly #total: ReturnType<typeof setTimeout>;
  #step: ReturnType<typeof setTimeout>;

  constructor({ timeout, totalTimeout }: HttpRequest, signal: AbortSignal | undefined) {
    const start = (limit: number, message: string) =>
      setTimeout(
        () => {
          this.timedOut ??= message;
          this.#controller.abort();
        },
        Math.min(limit, 2 ** 31 - 1),
      );
    this.#startStep = () => start(timeout, `read timeout after ${timeout / 1000} s`);
    this.#step = this.#startStep(); // first, so that it is named where both limits are the same
    this.#total = start(totalTimeout, `response incomplete after ${totalTimeout / 1000} s; aborted`);
    this.signal = signal ? AbortSignal.any([signal, this.#controller.signal]) : this.#controller.signal;
  }

  /** The next chunk has the same time again. */
  onChunk(): void {
    clearTimeout(this.#step);
    this.#step = this.#startStep();
  }

  clear(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#step);
  }
}

function failure(maybeSent: boolean, message: string, partial: HttpResponse | null): TransportFailure {
  return { type: "failure", maybeSent, message, partial };
}

function neverSent(error: unknown): boolean {
  const { code, syscall, errors, cause } = asRecord(error);
  if (Array.isArray(errors)) return errors.every(neverSent);
  return (
    NEVER_SENT_CALLS.includes(syscall) || NEVER_SENT_CODES.includes(code) || (cause !== undefined && neverSent(cause))
  );
}

/** Where no connection could be made to, and why. */
function connectError(error: unknown, address: string): string {
  const { hostname, port, protocol } = new URL(address);
  const reason = reasonOf(error);
  if (reason.startsWith("connect timeout")) return reason;
  return `cannot connect to ${hostname}:${port || (protocol === "https:" ? 443 : 80)}: ${reason}`;
}

/** Why the innermost error happened: fetch itself only says that it failed. */
function reasonOf(error: unknown): string {
  const { cause, errors, message, code } = asRecord(error);
  if (cause !== undefined) return reasonOf(cause);
  if (Array.isArray(errors) && errors.length) return reasonOf(errors[0]);
  if (code === "UND_ERR_CONNECT_TIMEOUT") {
    const limit = /timeout: (\d+)ms/.exec(String(message))?.[1];
    return limit ? `connect timeout after ${Number(limit) / 1000} s` : "connect timeout";
  }
  return REASONS[String(code)] ?? String(message || code || "connection broken");
}

function asRecord(error: unknown): Readonly<Record<string, unknown>> {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : { message: error };
}
