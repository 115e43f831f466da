/** When to retry: what is transient, the backoff, and the deadline over a whole call. Times are in milliseconds. */
import type { Clock } from "../effects.js";
import { APIError, ConnectionFailed, RateLimited, ServerError, UnexpectedReply } from "../errors.js";

/** The least time that a request gets before a deadline: a healthy one takes a fraction of it. */
const MIN_REQUEST_TIME = 1_000;
/** A Retry-After beyond this is obeyed only so far: a wrong header must not stall a program for hours. */
const RETRY_AFTER_CAP = 60_000;
/**
 * Delays after failures: doubling, with jitter so that many clients do not return at once. `maxRetries` is for a call
 * by itself; a wait goes on until its deadline.
 */
export const BACKOFF = { maxRetries: 3, initial: 500, maxDelay: 15_000, jitter: 0.5 };

/** The delay after so many failures in a row; a Retry-After, in seconds, takes precedence. */
export function backoffDelay(attempt: number, retryAfter: number | null = null): number {
  if (retryAfter !== null) return Math.min(retryAfter * 1000, RETRY_AFTER_CAP);
  const delay = Math.min(BACKOFF.initial * 2 ** Math.min(attempt - 1, 30), BACKOFF.maxDelay);
  return delay * (1 - BACKOFF.jitter * Math.random());
}

/** The seconds of the service's Retry-After; null without one. */
export function retryAfter(error: unknown): number | null {
  return error instanceof RateLimited || error instanceof ServerError ? error.retryAfter : null;
}

/** Whether reading again may help. A redirect stays what it is; a 200 that cannot be parsed may have been cut. */
export function isTransient(error: unknown): boolean {
  if (error instanceof UnexpectedReply) return error.status >= 200 && error.status < 300;
  if (error instanceof ConnectionFailed || error instanceof RateLimited || error instanceof ServerError) return true;
  return error instanceof APIError && (error.status === 408 || error.status === 425);
}

/** One monotonic end of everything that a call does; `Infinity` for none. */
export class Deadline {
  readonly #start: number;

  constructor(
    readonly timeout: number,
    readonly clock: Clock,
  ) {
    this.#start = clock.now();
  }

  elapsed(): number {
    return this.clock.now() - this.#start;
  }

  /** Negative after the end. */
  remaining(): number {
    return this.timeout - this.elapsed();
  }

  /** Whether a delay and a request after it end in time. */
  allows(delay: number): boolean {
    return delay + MIN_REQUEST_TIME < this.remaining();
  }

  /** The delay, shortened so that a request after it still ends in time. */
  clampDelay(delay: number): number {
    return Math.max(Math.min(delay, this.remaining() - MIN_REQUEST_TIME), 0);
  }

  /** The timeout of one request, shortened to what remains, but never below MIN_REQUEST_TIME. */
  clampTimeout(timeout: number): number {
    return Math.min(timeout, Math.max(this.remaining(), MIN_REQUEST_TIME));
  }
}
