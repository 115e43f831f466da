/** Time that passes without waiting: the library's clock, and the mock's with it. */
import { clock } from "../../src/transport/clock.js";

export class FakeTime {
  now = 1_000_000;
  readonly pauses: number[] = [];
  readonly #real = { ...clock };

  /** @param follow Told of each pause, in seconds. */
  constructor(follow: (seconds: number) => Promise<void> = async () => undefined) {
    clock.now = () => this.now;
    clock.sleep = async (milliseconds) => {
      this.pauses.push(milliseconds);
      this.now += milliseconds;
      await follow(milliseconds / 1000);
    };
  }

  restore(): void {
    Object.assign(clock, this.#real);
  }
}
