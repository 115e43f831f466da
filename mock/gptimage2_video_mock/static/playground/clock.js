/**
 * The mock's clock, as the page sees it: the client's pauses pass on it. So a fast mock is looked at as often in a task's
 * life as a slow one, and a step of the clock ends the pauses that it passes.
 */

let speed = 1;
let told = 0; // milliseconds of the mock's clock, at `heard`
let heard = 0;
const sleepers = new Set();

export const clock = {
  /** Milliseconds on the mock's clock; never goes back. */
  now: () => told + (performance.now() - heard) * speed,

  /** Do nothing for so many milliseconds of the mock's clock; rejects when the signal is aborted. */
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const until = clock.now() + milliseconds;
      let timer;
      const end = (settle) => {
        clearTimeout(timer);
        sleepers.delete(look);
        signal?.removeEventListener("abort", abort);
        settle();
      };
      const abort = () => end(() => reject(signal.reason));
      const look = () => {
        clearTimeout(timer);
        const left = until - clock.now();
        if (left <= 0) end(resolve);
        else if (speed > 0) timer = setTimeout(look, Math.max(left / speed, 1));
      };
      sleepers.add(look);
      signal?.addEventListener("abort", abort);
      look();
    }),
};

/** What the mock says of its clock. Wakes whoever has slept long enough. */
export function follow(now, pace) {
  const time = Math.max(Date.parse(now), clock.now());
  [told, heard, speed] = [time, performance.now(), pace];
  for (const look of [...sleepers]) look();
}
