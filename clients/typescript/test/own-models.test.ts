/** A model that no release has heard of: from a models file to an mp4, against a mock that offers it. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { BudgetExceeded, InvalidRequest, MODELS, parseModels, VideoClient, type Violation } from "../src/index.js";
import { Mock } from "./support/mock.js";

const ROWS = JSON.stringify([
  {
    id: "pika/2-5",
    modes: ["text_to_video"],
    durations: { min: 3, max: 9 },
    prices: [{ duration: 4, credits: 7 }],
  },
]);

describe("a model of the user's own", () => {
  let folder: string;
  let mock: Mock;
  let warnings: Violation[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "models-"));
    const file = join(folder, "models.json");
    await writeFile(file, ROWS);
    mock = await Mock.start({ speed: 600, models: file });
  });
  after(async () => {
    mock.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await mock.reset();
    warnings = [];
  });

  const client = (options: ConstructorParameters<typeof VideoClient>[0]) =>
    new VideoClient<string>({
      apiKey: "test-key",
      baseUrl: mock.url,
      pollInterval: 20,
      onWarning: (warning) => warnings.push(warning),
      ...options,
    });
  const models = { ...MODELS, ...parseModels(ROWS) };

  it("leads to a video, at the price of its row", async () => {
    const saveTo = join(folder, "cup.mp4");
    const video = client({ models, maxCredits: 7 });
    const task = await video.generate("A cup", { model: "pika/2-5", duration: 4, saveTo });
    assert.deepEqual([7, 7, []], [task.creditsUsed, video.creditsCommitted, warnings]);
    assert.equal("ftyp", (await readFile(saveTo)).subarray(4, 8).toString());
  });

  it("is refused outside the limits of its row, and nothing is sent", async () => {
    const submission = client({ models }).submit("A cup", { model: "pika/2-5", duration: 10 });
    await assert.rejects(submission, (error) => {
      return error instanceof InvalidRequest && error.message.includes("pika/2-5 clips are 3 to 9 seconds; choose one");
    });
    assert.deepEqual([], await mock.requests());
  });

  it("is sent without a row by whoever says so, with one warning", async () => {
    const saveTo = join(folder, "unknown.mp4");
    await client({ allowUnknownModel: true }).generate("A cup", { model: "pika/2-5", duration: 4, saveTo });
    assert.deepEqual(
      ["model_unknown"],
      warnings.map(({ code }) => code),
    );
    assert.equal("ftyp", (await readFile(saveTo)).subarray(4, 8).toString());
  });

  it("has no price without a row, which a budget refuses", async () => {
    const submission = client({ allowUnknownModel: true, maxCredits: 50 }).submit("A cup", { model: "pika/2-5" });
    await assert.rejects(submission, BudgetExceeded);
    assert.deepEqual([], await mock.requests());
  });
});
