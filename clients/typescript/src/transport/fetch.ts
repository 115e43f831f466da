/**
 * The engine: one request, done with fetch.
 *
 * Lives here: all of fetch, and the key. Not here: any decision about a request, a reply or a repetition.
 */
import { type Fault, Memory, type Reply, type Send } from "../effects.js";

export type Fetch = typeof globalThis.fetch;

const USER_AGENT = "gptimage2-video-typescript/0.1.0";
/** A key shorter than this would be found in innocent words. */
const TELLING_KEY = 8;
/** Where a connection fails with one of these, no byte of the request has left; with anything else it may have. */
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
export class Engine {
  readonly #key: string;
  readonly #fetch: Fetch;

  constructor(key: string, fetch: Fetch) {
    this.#key = key;
    this.#fetch = fetch;
  }

  /** One request, its reply poured into the sink of the `Send`. Never rejects. */
  async send(send: Send, signal?: AbortSignal): Promise<Reply | Fault> {
    const memory = new Memory();
    const sink = send.sink ?? memory;
    const watch = new Watch(send, signal);
    let response: Response | null = null;
    const came = () => response && this.#reply(response, memory.text);
    try {
      response = await this.#fetch(send.url, this.#request(send, watch.signal));
      if (!sink.begin(response.status, response.headers)) return this.#reply(response, "");
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        watch.progress();
        if (!(await sink.write(chunk))) return fault(true, "the answer does not end", came());
      }
      return this.#reply(response, memory.text);
    } catch (problem) {
      const late = watch.late;
      return fault(late || signal?.aborted || !neverSent(problem), late ? "no answer in time" : words(problem), came());
    } finally {
      watch.end();
    }
  }

  #request(send: Send, signal: AbortSignal): RequestInit {
    const { method, authorized, body = null } = send;
    // The API is never followed to another place, as the key would go along; a CDN is, without it.
    const key = authorized ? { Authorization: `Bearer ${this.#key}` } : {};
    const headers = { ...send.headers, "User-Agent": USER_AGENT, ...key };
    return { method, headers, body, signal, redirect: authorized ? "manual" : "follow" };
  }

  /** The reply without the key, which a service may echo when it refuses it. */
  #reply(response: Response, text: string): Reply {
    const hidden = (said: string) => (this.#key.length >= TELLING_KEY ? said.replaceAll(this.#key, "[the key]") : said);
    const headers = new Headers([...response.headers].map(([name, value]): [string, string] => [name, hidden(value)]));
    return { kind: "reply", status: response.status, headers, text: hidden(text) };
  }
}

/** The time limits of one request, and the caller's own signal, as one signal. */
class Watch {
  readonly #limit = new AbortController();
  readonly #startStep: () => ReturnType<typeof setTimeout>;
  readonly #whole: ReturnType<typeof setTimeout>;
  #step: ReturnType<typeof setTimeout>;
  readonly signal: AbortSignal;

  constructor(send: Send, signal: AbortSignal | undefined) {
    const stop = () => this.#limit.abort();
    this.#startStep = () => setTimeout(stop, Math.min(send.timeout, 2 ** 31 - 1));
    this.#whole = setTimeout(stop, Math.min(send.whole, 2 ** 31 - 1));
    this.#step = this.#startStep();
    this.signal = signal ? AbortSignal.any([signal, this.#limit.signal]) : this.#limit.signal;
  }

  /** Whether a time limit has ended the request. */
  get late(): boolean {
    return this.#limit.signal.aborted;
  }

  /** A piece has come: the next has as much time again. */
  progress(): void {
    clearTimeout(this.#step);
    this.#step = this.#startStep();
  }

  end(): void {
    clearTimeout(this.#whole);
    clearTimeout(this.#step);
  }
}

const fault = (sent: boolean, reason: string, partial: Reply | null): Fault => ({
  kind: "fault",
  sent,
  reason,
  partial,
});

function neverSent(problem: unknown): boolean {
  const { code, syscall, errors, cause } = facts(problem);
  if (Array.isArray(errors)) return errors.every(neverSent);
  return (
    NEVER_SENT_CALLS.includes(syscall) || NEVER_SENT_CODES.includes(code) || (cause !== undefined && neverSent(cause))
  );
}

/** What happened, in the words of the innermost error: that of fetch itself only says that it failed. */
function words(problem: unknown): string {
  const { cause, errors, message, code } = facts(problem);
  if (cause !== undefined) return words(cause);
  if (Array.isArray(errors) && errors.length) return words(errors[0]);
  return String(message || code || "the connection broke");
}

function facts(problem: unknown): Readonly<Record<string, unknown>> {
  return typeof problem === "object" && problem !== null ? (problem as Record<string, unknown>) : { message: problem };
}
