/**
 * When to ask again: the schedules as numbers with their reasons, in milliseconds, and the one deadline over a wait.
 *
 * Not here: the clock itself (`clock`).
 */
import { clock } from "../transport/clock.js";

/** The least time that the last look before a deadline gets: a healthy request takes a fraction of it. */
const LAST_LOOK = 1_000;
/** A Retry-After beyond this is obeyed only so far: a wrong header must not stall a program for hours. */
const RETRY_AFTER_CAP = 60_000;
/** Pauses after trouble: doubling, with jitter so that many clients do not return at once. */
const BACKOFF = { first: 500, cap: 15_000, jitter: 0.5 };
/** How often a call by itself is repeated. (A wait goes on until its deadline.) */
export const REPEATS = 3;

/** Milliseconds to pause after so many failures in a row; what the service asked for, in seconds, goes first. */
export function backoff(tries: number, asked: number | null = null): number {
  if (asked !== null) return Math.min(asked * 1000, RETRY_AFTER_CAP);
  const full = Math.min(BACKOFF.first * 2 ** Math.min(tries - 1, 30), BACKOFF.cap);
  return full * (1 - BACKOFF.jitter * Math.random());
}

/**
 * The documentation calls polling every 2 s safe and says that faster gains nothing; a video takes typically 30 to
 * 120 s, and the documentation's own loop ends at 180 s or backs off towards 15 s.
 */
const POLLING = { steady: 180_000, growth: 1.25, longest: 15_000 };

/** The pause before the first look at a task that was only just accepted: no video is done in less than ten seconds. */
export const firstPause = (interval: number): number => 5 * interval;

/** The pauses between the looks of one wait. */
export function* pauses(interval: number, deadline: Deadline): Generator<number, never> {
  let pause = interval;
  for (;;) {
    if (deadline.elapsed() >= POLLING.steady)
      pause = Math.max(Math.min(pause * POLLING.growth, POLLING.longest), interval);
    yield pause;
  }
}

/** One monotonic end over everything that a wait does; `Infinity` for no end. */
export class Deadline {
  readonly #start = clock.now();

  constructor(readonly timeout: number) {}

  elapsed(): number {
    return clock.now() - this.#start;
  }

  /** What is left; negative after the end. */
  left(): number {
    return this.timeout - this.elapsed();
  }

  /** Whether a pause and a last look after it end in time. */
  fits(pause: number): boolean {
    return pause + LAST_LOOK < this.left();
  }

  /** The pause, shortened so that a last look still ends in time. */
  cutPause(pause: number): number {
    return Math.max(Math.min(pause, this.left() - LAST_LOOK), 0);
  }

  /** The timeout of one request, shortened to what is left, but never below that of a last look. */
  cutRequest(timeout: number): number {
    return Math.min(timeout, Math.max(this.left(), LAST_LOOK));
  }
}
