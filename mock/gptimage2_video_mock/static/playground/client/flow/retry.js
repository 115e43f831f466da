// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { clock } from "../transport/clock.js";
const LAST_LOOK = 1_000;
const RETRY_AFTER_CAP = 60_000;
const BACKOFF = { first: 500, cap: 15_000, jitter: 0.5 };
export const REPEATS = 3;
export function backoff(tries, asked = null) {
    if (asked !== null)
        return Math.min(asked * 1000, RETRY_AFTER_CAP);
    const full = Math.min(BACKOFF.first * 2 ** Math.min(tries - 1, 30), BACKOFF.cap);
    return full * (1 - BACKOFF.jitter * Math.random());
}
const POLLING = { steady: 180_000, growth: 1.25, longest: 15_000 };
export const firstPause = (interval) => 5 * interval;
export function* pauses(interval, deadline) {
    let pause = interval;
    for (;;) {
        if (deadline.elapsed() >= POLLING.steady)
            pause = Math.max(Math.min(pause * POLLING.growth, POLLING.longest), interval);
        yield pause;
    }
}
export class Deadline {
    timeout;
    #start = clock.now();
    constructor(timeout) {
        this.timeout = timeout;
    }
    elapsed() {
        return clock.now() - this.#start;
    }
    left() {
        return this.timeout - this.elapsed();
    }
    fits(pause) {
        return pause + LAST_LOOK < this.left();
    }
    cutPause(pause) {
        return Math.max(Math.min(pause, this.left() - LAST_LOOK), 0);
    }
    cutRequest(timeout) {
        return Math.min(timeout, Math.max(this.left(), LAST_LOOK));
    }
}
