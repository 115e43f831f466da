/**
 * Time: in one place, so that tests can let it pass without waiting.
 *
 * Lives here: a monotonic clock and a pause. Not here: when to pause, and for how long (`schedule`).
 */
import { setTimeout as pause } from "node:timers/promises";

export const clock = {
  /** Milliseconds on a clock that never goes back. */
  now: (): number => performance.now(),
  /** Do nothing for so many milliseconds; rejects when the signal is aborted. */
  sleep: (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    pause(milliseconds, undefined, signal ? { signal } : {}),
};
