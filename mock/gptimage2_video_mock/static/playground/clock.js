/**
 * The mock's clock, on which the client sleeps: so a fast mock is polled as often in the life of a task as a slow one,
 * and a step of the clock ends the delays that it passes.
 */

let speed = 1;
let syncedTime = 0; // milliseconds of the mock's clock, at `syncedAt`
let syncedAt = 0;
const sleepers = new Set();

export const clock = {
  /** Milliseconds on the mock's clock; never goes back. */
  now: () => syncedTime + (performance.now() - syncedAt) * speed,

  /** Sleep for milliseconds of the mock's clock; rejects when the signal is aborted. */
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const until = clock.now() + milliseconds;
      let timer;
      const end = (settle) => {
        clearTimeout(timer);
        sleepers.delete(wake);
        signal?.removeEventListener("abort", abort);
        settle();
      };
      const abort = () => end(() => reject(signal.reason));
      const wake = () => {
        clearTimeout(timer);
        const remaining = until - clock.now();
        if (remaining <= 0) end(resolve);
        else if (speed > 0) timer = setTimeout(wake, Math.max(remaining / speed, 1));
      };
      sleepers.add(wake);
      signal?.addEventListener("abort", abort);
      wake();
    }),
};

/** Set the time and the speed of the mock's clock, and wake those who have slept long enough. */
export function syncClock(now, newSpeed) {
  [syncedTime, syncedAt, speed] = [Math.max(Date.parse(now), clock.now()), performance.now(), newSpeed];
  for (const wake of [...sleepers]) wake();
}
