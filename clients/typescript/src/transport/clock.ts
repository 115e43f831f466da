/** The real clock; tests hand in or patch another. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../effects.js";

export const clock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
};
