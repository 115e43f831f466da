// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { APIError, ConnectionFailed, RateLimited, ServerError, UnexpectedReply } from "../errors.js";
const MIN_REQUEST_TIME = 1_000;
const RETRY_AFTER_CAP = 60_000;
export const BACKOFF = { maxRetries: 3, initial: 500, maxDelay: 15_000, jitter: 0.5 };
export function backoffDelay(attempt, retryAfter = null) {
    if (retryAfter !== null)
        return Math.min(retryAfter * 1000, RETRY_AFTER_CAP);
    const delay = Math.min(BACKOFF.initial * 2 ** Math.min(attempt - 1, 30), BACKOFF.maxDelay);
    return delay * (1 - BACKOFF.jitter * Math.random());
}
export function retryAfter(error) {
    return error instanceof RateLimited || error instanceof ServerError ? error.retryAfter : null;
}
export function isTransient(error) {
    if (error instanceof UnexpectedReply)
        return error.status >= 200 && error.status < 300;
    if (error instanceof ConnectionFailed || error instanceof RateLimited || error instanceof ServerError)
        return true;
    return error instanceof APIError && (error.status === 408 || error.status === 425);
}
export class Deadline {
    timeout;
    clock;
    #start;
    constructor(timeout, clock) {
        this.timeout = timeout;
        this.clock = clock;
        this.#start = clock.now();
    }
    elapsed() {
        return this.clock.now() - this.#start;
    }
    remaining() {
        return this.timeout - this.elapsed();
    }
    allows(delay) {
        return delay + MIN_REQUEST_TIME < this.remaining();
    }
    clampDelay(delay) {
        return Math.max(Math.min(delay, this.remaining() - MIN_REQUEST_TIME), 0);
    }
    clampTimeout(timeout) {
        return Math.min(timeout, Math.max(this.remaining(), MIN_REQUEST_TIME));
    }
}
