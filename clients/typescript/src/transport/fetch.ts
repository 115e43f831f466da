/** The HTTP transport: one request with fetch, and the key, which only this file has. */
import { BufferSink, type HttpRequest, type HttpResponse, type Transport, type TransportFailure } from "../effects.js";

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
        if (!(await sink.write(chunk))) return failure(true, "the answer does not end", partial());
      }
      return this.#response(response, buffer.text);
    } catch (error) {
      if (limits.timedOut) return failure(true, "no answer in time", partial());
      return failure(signal?.aborted || !neverSent(error), innermostMessage(error), partial());
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
  readonly #total: ReturnType<typeof setTimeout>;
  #step: ReturnType<typeof setTimeout>;

  constructor({ timeout, totalTimeout }: HttpRequest, signal: AbortSignal | undefined) {
    const start = (limit: number) => setTimeout(() => this.#controller.abort(), Math.min(limit, 2 ** 31 - 1));
    this.#startStep = () => start(timeout);
    this.#total = start(totalTimeout);
    this.#step = this.#startStep();
    this.signal = signal ? AbortSignal.any([signal, this.#controller.signal]) : this.#controller.signal;
  }

  get timedOut(): boolean {
    return this.#controller.signal.aborted;
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

/** The message of the innermost error: that of fetch itself only says that it failed. */
function innermostMessage(error: unknown): string {
  const { cause, errors, message, code } = asRecord(error);
  if (cause !== undefined) return innermostMessage(cause);
  if (Array.isArray(errors) && errors.length) return innermostMessage(errors[0]);
  return String(message || code || "the connection broke");
}

function asRecord(error: unknown): Readonly<Record<string, unknown>> {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : { message: error };
}
