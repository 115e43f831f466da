/** When to poll a task: a fixed schedule, in milliseconds. */

/**
 * The documentation calls polling every 2 s safe and says that faster gains nothing; a video takes typically 30 to
 * 120 s, and the documentation's own loop ends at 180 s or backs off towards 15 s.
 */
const POLLING = { steadyFor: 180_000, factor: 1.25, maxInterval: 15_000 };

/** The delay before the first poll of a task that was only just accepted: no video is done in less than ten seconds. */
export const firstDelay = (interval: number): number => 5 * interval;

/** The delays between the polls of one wait; `elapsed` returns the milliseconds since its start. */
export function* pollDelays(interval: number, elapsed: () => number): Generator<number, never> {
  let delay = interval;
  for (;;) {
    if (elapsed() >= POLLING.steadyFor)
      delay = Math.max(Math.min(delay * POLLING.factor, POLLING.maxInterval), interval);
    yield delay;
  }
}
