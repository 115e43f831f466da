/** The fault matrix: under every scenario of the mock, the client does what `vectors/scenarios.json` says. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type Task, VideoClient, VideoClientError } from "../src/index.js";
import { Mock } from "./support/mock.js";
import { FakeTime } from "./support/time.js";
import { type ScenarioCase, scenarios } from "./support/vectors.js";

const VEO = { prompt: "A cup", model: "veo3_fast", inputMode: "text_to_video" } as const;
/** Milliseconds of the fake clock, in which a task takes 60,000. */
const SCHEDULE = { timeout: 200_000, pollInterval: 5_000 };
/** Real milliseconds. Only what stalls is waited for. */
const patience = (scenario: string) => (scenario.includes("-slow-") ? 300 : 10_000);

describe("under every scenario", () => {
  let mock: Mock;
  let time: FakeTime;
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
    time = new FakeTime((seconds) => mock.advance(seconds));
    root = await mkdtemp(join(tmpdir(), "faults-"));
    folder = join(root, "videos", "new");
    await mkdir(folder, { recursive: true });
  });
  afterEach(async () => {
    time.restore();
    await rm(root, { recursive: true });
  });

  const run = ({ given: { scenario } }: ScenarioCase): Promise<Task | VideoClientError> => {
    const { timeout, pollInterval } = SCHEDULE;
    const settings = { apiKey: "test-key", pollInterval, requestTimeout: patience(scenario) };
    const client = new VideoClient({ ...settings, baseUrl: mock.scenario(scenario) });
    return client.generate(VEO, { saveTo: join(folder, "cup.mp4"), timeout }).catch((problem: unknown) => {
      if (problem instanceof VideoClientError) return problem;
      throw problem;
    });
  };

  for (const row of scenarios) {
    it(row.given.scenario, async () => {
      const { ends, submissions, accepted, taskKnown, saved } = row.expected;
      const ended = await run(row);
      const failed = ended instanceof VideoClientError;
      assert.equal(ends, failed ? ended.name : "Completed", String(failed ? ended.message : ended.id));

      const requests = await mock.requests();
      const posts = requests.filter((seen) => seen.method === "POST");
      const debits = (await mock.ledger()).filter((entry) => entry.kind === "debit");
      assert.deepEqual({ submissions, accepted }, { submissions: posts.length, accepted: debits.length });
      assert.equal(1, posts.filter((seen) => seen.status !== 429).length, "what may be accepted is sent once");
      for (const seen of requests) {
        const keyed = Object.keys(seen.headers).some((name) => name.toLowerCase() === "authorization");
        assert.equal(seen.side === "api", keyed, "the key is for the API alone");
      }

      const taskId = failed ? ended.taskId : ended.id;
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
    const told = (await (await fetch(`${mock.url}/mock/scenarios`)).json()) as { scenarios: { name: string }[] };
    const names = told.scenarios.map((scenario) => scenario.name);
    assert.deepEqual(names.sort(), scenarios.map((row) => row.given.scenario).sort());
  });
});
