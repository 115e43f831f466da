/** Under every scenario of the mock, the client does what `vectors/scenarios.json` says. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type Task, VideoClient, VideoClientError } from "../src/index.js";
import { Mock } from "./support/mock.js";
import { FakeClock } from "./support/fake-clock.js";
import { type ScenarioCase, scenarios } from "./support/vectors.js";

const VEO = { prompt: "A cup", model: "veo3_fast", inputMode: "text_to_video" } as const;
/** Milliseconds of the fake clock, in which a task takes 60,000. */
const SCHEDULE = { timeout: 200_000, pollInterval: 5_000 };
/** Real milliseconds; only stalled responses last as long. */
const timeoutUnder = (scenario: string) => (scenario.includes("-slow-") ? 300 : 10_000);

describe("under every scenario", () => {
  let mock: Mock;
  let clock: FakeClock;
  let root: string;
  let folder: string;
  let video: Buffer;

  before(async () => {
    mock = await Mock.start();
    const { id } = await new VideoClient({ apiKey: "test-key", baseUrl: mock.url }).submit(VEO);
    await mock.advance(60);
    const { videoUrl } = await new VideoClient({ apiKey: "test-key", baseUrl: mock.url }).get(id);
    video = Buffer.from(await (await fetch(videoUrl ?? "")).arrayBuffer());
  });
  after(() => mock.stop());
  beforeEach(async () => {
    await mock.reset();
    clock = new FakeClock((seconds) => mock.advance(seconds));
    root = await mkdtemp(join(tmpdir(), "faults-"));
    folder = join(root, "videos", "new");
    await mkdir(folder, { recursive: true });
  });
  afterEach(async () => {
    clock.restore();
    await rm(root, { recursive: true });
  });

  const run = ({ given: { scenario } }: ScenarioCase): Promise<Task | VideoClientError> => {
    const { timeout, pollInterval } = SCHEDULE;
    const settings = { apiKey: "test-key", pollInterval, requestTimeout: timeoutUnder(scenario) };
    const client = new VideoClient({ ...settings, baseUrl: mock.scenario(scenario) });
    return client.generate(VEO, { saveTo: join(folder, "cup.mp4"), timeout }).catch((error: unknown) => {
      if (error instanceof VideoClientError) return error;
      throw error;
    });
  };

  for (const row of scenarios) {
    it(row.given.scenario, async () => {
      const { ends, submissions, accepted, taskKnown, saved } = row.expected;
      const result = await run(row);
      const failed = result instanceof VideoClientError;
      assert.equal(ends, failed ? result.name : "Completed", String(failed ? result.message : result.id));

      const requests = await mock.requests();
      const submitted = requests.filter((request) => request.method === "POST");
      const debits = (await mock.ledger()).filter((entry) => entry.kind === "debit");
      assert.deepEqual({ submissions, accepted }, { submissions: submitted.length, accepted: debits.length });
      assert.equal(
        1,
        submitted.filter((request) => request.status !== 429).length,
        "a submission that may be accepted is sent once",
      );
      for (const request of requests) {
        const hasKey = Object.keys(request.headers).some((name) => name.toLowerCase() === "authorization");
        assert.equal(request.side === "api", hasKey, "the key goes to the API alone");
      }

      const taskId = failed ? result.taskId : result.id;
      assert.equal(taskKnown ? debits[0]?.taskId : null, taskId);
      const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
      assert.deepEqual(
        saved ? ["cup.mp4"] : [],
        files.map((entry) => entry.name),
      );
      if (saved) assert.deepEqual(video, await readFile(join(folder, "cup.mp4")));
    });
  }

  it("has one row for every scenario of the mock", async () => {
    const listed = (await (await fetch(`${mock.url}/mock/scenarios`)).json()) as { scenarios: { name: string }[] };
    const names = listed.scenarios.map((scenario) => scenario.name);
    assert.deepEqual(names.sort(), scenarios.map((row) => row.given.scenario).sort());
  });
});
