/**
 * What goes over the wire, as values: a request to be sent, and what came back.
 *
 * Lives here: `Send`, `Reply`, `Fault`, the two requests, and what may be used as key and base URL. Not here: sending
 * (`engine`), reading replies (`replies`), and when to send again (`flow`).
 */
import { InvalidRequest } from "./errors.js";
import type { GenerateVideoData, GetTaskData } from "./generated/api/types.gen.js";

/** A snapshot is a few kilobytes; a body that does not end must not fill the memory. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

// The compiler holds these to the spec.
const SUBMISSION: GenerateVideoData["url"] = "/api/ai/video/generate";
const TASK: GetTaskData["url"] = "/api/ai/tasks/{id}";

/** Where the body of one reply goes, chunk by chunk. */
export interface Sink {
  /** A reply has begun. Says whether its body is wanted. */
  begin(status: number, headers: Headers): boolean;
  /** The next piece of its body. Says whether more may come. */
  write(chunk: Uint8Array): boolean | Promise<boolean>;
}

/** A sink for bodies that are read whole, up to MAX_BODY_BYTES. */
export class Memory implements Sink {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** Every body is wanted that is not packed twice, of which a few bytes could unfold to fill the memory. */
  begin(_status: number, headers: Headers): boolean {
    return !(headers.get("content-encoding") ?? "").includes(",");
  }

  write(chunk: Uint8Array): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes <= MAX_BODY_BYTES;
  }

  get text(): string {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  }
}

/** To do: one request. */
export interface Send {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the key goes along, which only the engine has. */
  readonly authorized: boolean;
  /** Milliseconds for the head of the reply, and for each piece of its body. */
  readonly timeout: number;
  /** Milliseconds for all of it. */
  readonly whole: number;
  /** Where the body of the reply goes, where it is not to be read as text. */
  readonly sink?: Sink;
}

/** Came back: an answer, whole. */
export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  readonly headers: Headers;
  /** The body; empty where it went to a sink. */
  readonly text: string;
}

/** Came back: no answer, or not the whole of it. */
export interface Fault {
  readonly kind: "fault";
  /** Whether the request may have reached the service. */
  readonly sent: boolean;
  readonly reason: string;
  /** The reply as far as it came; null where not even its status did. */
  readonly partial: Reply | null;
}

/** The request that submits a task. */
export function submission(baseUrl: string, body: Readonly<Record<string, unknown>>, timeout: number): Send {
  const headers = { ...asking(), "Content-Type": "application/json" };
  return {
    method: "POST",
    url: baseUrl + SUBMISSION,
    headers,
    body: JSON.stringify(body),
    authorized: true,
    timeout,
    whole: timeout,
  };
}

/** The request that reads a task. */
export function lookup(baseUrl: string, taskId: string, timeout: number): Send {
  const url = baseUrl + TASK.replace("{id}", encodeURIComponent(taskId));
  return { method: "GET", url, headers: asking(), authorized: true, timeout, whole: timeout };
}

const asking = () => ({ Accept: "application/json", "Accept-Encoding": "identity" });

/** The key, where it can go into a header. Throws InvalidRequest, whose sentence never shows it. */
export function usableKey(key: string | undefined): string {
  if (!key) throw InvalidRequest.setting("apiKey", "there is no API key; set GPTIMAGE2_API_KEY or pass apiKey");
  if (!/^[!-~]+$/.test(key)) {
    throw InvalidRequest.setting(
      "apiKey",
      "the API key has white space, a line break or another unfit character in it; copy it again",
    );
  }
  return key;
}

/** The base URL without a slash at its end; a path prefix is kept. Throws InvalidRequest. */
export function usableBaseUrl(text: string, allowPlainHttp: boolean): string {
  const url = /^https?:\/\/[^/?#\s]/.test(text) ? parsed(text) : null;
  if (!url || !/^[!-~]+$/.test(text)) {
    throw InvalidRequest.setting(
      "baseUrl",
      `the base URL ${JSON.stringify(text)} is not a web address; write it like https://gptimage2api.org`,
    );
  }
  if (url.username || url.password || text.includes("@") || /[?#]/.test(text)) {
    throw InvalidRequest.setting("baseUrl", "the base URL may have a path, but no user name, query or fragment");
  }
  if (url.protocol === "http:" && !LOOPBACK.includes(url.hostname) && !allowPlainHttp) {
    throw InvalidRequest.setting(
      "baseUrl",
      `the key would go to ${url.hostname} unencrypted; use https, or allow plain http`,
    );
  }
  return text.replace(/\/+$/, "");
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
