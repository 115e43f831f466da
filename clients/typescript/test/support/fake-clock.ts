/** A clock that advances without waiting, and the mock's clock with it. */
import { clock } from "../../src/transport/clock.js";

export class FakeClock {
  now = 1_000_000;
  /** The milliseconds of each sleep. */
  readonly delays: number[] = [];
  readonly #real = { ...clock };

  /** @param onSleep Called with each delay, in seconds. */
  constructor(onSleep: (seconds: number) => Promise<void> = async () => undefined) {
    clock.now = () => this.now;
    clock.sleep = async (milliseconds) => {
      this.delays.push(milliseconds);
      this.now += milliseconds;
      await onSleep(milliseconds / 1000);
    };
  }

  restore(): void {
    Object.assign(clock, this.#real);
  }
}
