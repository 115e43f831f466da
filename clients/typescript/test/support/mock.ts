/**
 * The mock server as a child process, and its books.
 *
 * Lives here: starting it, and its control plane. `GPTIMAGE2_MOCK` names the command; default: the one of the
 * repository's own environment.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL("../../../../../", import.meta.url));
const COMMAND = process.env["GPTIMAGE2_MOCK"] ?? `${HERE}.venv/bin/gptimage2-video`;
const KEYS = ["test-key=1000000", "test-key-poor=3"];

/** One request as the mock saw it; keys are shown as names. */
export interface Seen {
  readonly side: "api" | "cdn";
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
}

interface Entry {
  readonly kind: "debit" | "refund";
  readonly credits: number;
  readonly taskId: string;
}

export class Mock {
  private constructor(
    readonly url: string,
    readonly child: ChildProcess,
  ) {}

  /** A mock whose clock moves only when told, or by so many seconds in each. */
  static async start({ speed = 0 } = {}): Promise<Mock> {
    const keys = KEYS.flatMap((key) => ["--key", key]);
    const child = spawn(COMMAND, ["mock", "--port", "0", "--speed", String(speed), ...keys], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const failed = once(child, "exit").then(([code]) => Promise.reject(new Error(`the mock ended with ${code}`)));
    const listening = (async () => {
      let said = "";
      for await (const chunk of child.stdout) {
        said += chunk;
        const url = /listening on (\S+)/.exec(said)?.[1];
        if (url) return url;
      }
      throw new Error(`the mock said only ${said}`);
    })();
    const url = await Promise.race([listening, failed]);
    failed.catch(() => undefined);
    child.stdout.resume();
    return new Mock(url, child);
  }

  scenario(name: string): string {
    return `${this.url}/scenarios/${name}`;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await gone;
  }

  async reset(): Promise<void> {
    await this.#control("reset", {});
  }

  /** Step the clock, by seconds. */
  async advance(seconds: number): Promise<void> {
    await this.#control("clock", { advance: seconds });
  }

  async requests(): Promise<readonly Seen[]> {
    return (await this.#control<{ requests: Seen[] }>("requests")).requests;
  }

  async ledger(key = "test-key"): Promise<readonly Entry[]> {
    return (await this.#control<{ ledger: Entry[] }>("account", null, key)).ledger;
  }

  async #control<T>(name: string, body: unknown = null, key = "test-key"): Promise<T> {
    const headers = { Authorization: `Bearer ${key}` };
    const posted = body === null ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/mock/${name}`, { headers, ...posted });
    if (!answer.ok) throw new Error(`the mock refused ${name}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
