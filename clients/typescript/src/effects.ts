/**
 * What a flow asks for, and what it gets back: plain values.
 *
 * Its law: nothing here does I/O. `flow/` knows the interfaces of this file; `transport/` implements them.
 */

/** A snapshot is a few kilobytes; an endless body must not fill the memory. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** One HTTP request. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether to send the key, which only the transport has. */
  readonly authenticated: boolean;
  /** Milliseconds until the head of the response, and for each chunk of its body. */
  readonly timeout: number;
  /** Milliseconds for the whole exchange. */
  readonly totalTimeout: number;
  /** Receives the body of the response; without one it becomes `text`. */
  readonly sink?: BodySink;
}

/** A complete response. */
export interface HttpResponse {
  readonly type: "response";
  readonly status: number;
  readonly headers: Headers;
  /** The body; empty where a sink received it. */
  readonly text: string;
}

/** No response, or an incomplete one. */
export interface TransportFailure {
  readonly type: "failure";
  /** Whether the request may have reached the service. */
  readonly maybeSent: boolean;
  readonly message: string;
  /** The response as far as it came; null without a status. */
  readonly partial: HttpResponse | null;
}

/** Sends one request. Never rejects. */
export interface Transport {
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse | TransportFailure>;
}

/** Time, in milliseconds. */
export interface Clock {
  /** Monotonic. */
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Receives the body of one response, chunk by chunk. */
export interface BodySink {
  /** A response has begun. Returns whether its body is wanted. */
  start(status: number, headers: Headers): boolean;
  /** The next chunk. Returns whether more may come. */
  write(chunk: Uint8Array): boolean | Promise<boolean>;
}

/** Keeps a body in memory, up to MAX_BODY_BYTES. */
export class BufferSink implements BodySink {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** Refuses a body that is compressed twice: a few of its bytes could expand to fill the memory. */
  start(_status: number, headers: Headers): boolean {
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

/** Receives a video, over several responses where the connection breaks, and makes it final. */
export interface DownloadSink extends BodySink {
  /** Bytes received so far. */
  readonly size: number;
  /** Why the last response was no video; null when it was. */
  readonly rejection: string | null;
  /** Whether the last response had other bytes than requested, so that the download restarts. */
  readonly rangeMismatch: boolean;
  /** Why a write failed; null where none did. */
  readonly writeError: string | null;
  /** The headers that request the rest; empty before the first byte, or where the rest could be of another video. */
  rangeHeaders(): Record<string, string>;
  /** Why the video is incomplete; null when it is complete. */
  incompleteReason(): string | null;
  /** Make the video durable and give it its name; the path. Rejects with the reason. */
  commit(): Promise<string>;
  /** Remove everything but the target. */
  discard(): Promise<void>;
}
