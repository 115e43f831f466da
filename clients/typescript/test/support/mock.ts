/**
 * The mock server as a child process, and its admin API.
 *
 * `GPTIMAGE2_MOCK` names the command; default: the one of the repository's own environment.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const COMMAND = process.env["GPTIMAGE2_MOCK"] ?? `${ROOT}.venv/bin/gptimage2-video`;
const KEYS = ["test-key=1000000", "test-key-poor=3"];

/** One request in the log of the mock; keys are shown as names. */
export interface LoggedRequest {
  readonly side: "api" | "cdn";
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
}

interface LedgerEntry {
  readonly kind: "debit" | "refund";
  readonly credits: number;
  readonly taskId: string;
}

export class Mock {
  private constructor(
    readonly url: string,
    readonly child: ChildProcess,
  ) {}

  /** A mock whose clock stands still, or runs at this speed; with the models of a file, where there is one. */
  static async start({ speed = 0, models = "" } = {}): Promise<Mock> {
    const keys = KEYS.flatMap((key) => ["--key", key]);
    const more = models ? ["--models", models] : [];
    const child = spawn(COMMAND, ["mock", "--port", "0", "--speed", String(speed), ...keys, ...more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const failed = once(child, "exit").then(([code]) => Promise.reject(new Error(`the mock ended with ${code}`)));
    const listening = (async () => {
      let output = "";
      for await (const chunk of child.stdout) {
        output += chunk;
        const url = /listening on (\S+)/.exec(output)?.[1];
        if (url) return url;
      }
      throw new Error(`the mock printed only ${output}`);
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
    const exited = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await exited;
  }

  async reset(): Promise<void> {
    await this.#admin("reset", {});
  }

  /** Step the clock by seconds. */
  async advance(seconds: number): Promise<void> {
    await this.#admin("clock", { advance: seconds });
  }

  async requests(): Promise<readonly LoggedRequest[]> {
    return (await this.#admin<{ requests: LoggedRequest[] }>("requests")).requests;
  }

  async ledger(key = "test-key"): Promise<readonly LedgerEntry[]> {
    return (await this.#admin<{ ledger: LedgerEntry[] }>("account", null, key)).ledger;
  }

  async #admin<T>(name: string, body: unknown = null, key = "test-key"): Promise<T> {
    const headers = { Authorization: `Bearer ${key}` };
    const init = body === null ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${this.url}/mock/${name}`, { headers, ...init });
    if (!response.ok) throw new Error(`the mock refused ${name}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}
