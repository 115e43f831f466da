/** The client gives the verdicts, prices, errors and tasks of the vectors, exactly. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import * as library from "../src/index.js";
import { check, quote, SubmissionUncertain, VideoClient, VideoClientError, type Task } from "../src/index.js";
import { FakeTime } from "./support/time.js";
import { jsonReply, reply, Scripted } from "./support/scripted.js";
import { errors, prices, rules, snapshots } from "./support/vectors.js";

const VEO = { prompt: "A cup", model: "veo3_fast", inputMode: "text_to_video" } as const;

describe("rules: field, code and severity are the contract", () => {
  for (const { id, given, expected } of rules) {
    it(id, () => {
      const told = check(given.request).map(({ code, field, severity }) => ({ code, field, severity }));
      const order = (one: { field: string; code: string }) => `${one.field} ${one.code}`;
      assert.deepEqual(
        [...expected.problems],
        told.sort((a, b) => (order(a) < order(b) ? -1 : 1)),
      );
      assert.equal(
        expected.accepted,
        told.every((violation) => violation.severity !== "error"),
      );
    });
  }
});

describe("prices: an unknown one is null and never a number", () => {
  for (const { id, given, expected } of prices)
    it(id, () => assert.equal(expected.credits, quote(given.request).credits));
});

describe("over a socket", () => {
  let server: Scripted;
  let time: FakeTime;
  let client: VideoClient;
  before(async () => {
    server = await Scripted.start();
  });
  after(() => server.stop());
  beforeEach(() => {
    time = new FakeTime();
    client = new VideoClient({ apiKey: "test-key", baseUrl: server.url });
  });
  afterEach(() => time.restore());

  /** What an error tells, in the names of the vectors; a fact that it does not have is null. */
  const facts = (error: VideoClientError, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, (error as unknown as Record<string, unknown>)[name] ?? null]));

  for (const { id, given, expected } of errors) {
    it(`errors: ${id}`, async () => {
      server.replies = [reply(given.status, given.headers, given.body)];
      const call = given.operation === "generateVideo" ? client.submit(VEO) : client.get("tsk_1");
      const error = await call.then(
        () => assert.fail("no error"),
        (problem: unknown) => problem,
      );
      assert.ok(error instanceof VideoClientError);
      assert.equal(library[expected.error as keyof typeof library], error.constructor);
      const source = error instanceof SubmissionUncertain ? error.cause : error;
      const { error: _, message, ...told } = expected;
      assert.deepEqual(told, facts(source, Object.keys(told)));
      if (message !== undefined) assert.equal(message || null, facts(source, ["serviceMessage"])["serviceMessage"]);
    });
  }

  for (const { id, given, expected } of snapshots) {
    it(`snapshots: ${id}`, async () => {
      server.replies = [jsonReply(200, given.body)];
      const asked = (expected.task["taskId"] as string | null) ?? "tsk_unnamed";
      const { id: taskId, ...task } = await client.get(asked);
      const told = { taskId, ...task } as Omit<Task, "id"> & { taskId: string };
      const seen = Object.fromEntries(
        Object.keys(expected.task).map((name) => [name, told[name as keyof typeof told]]),
      );
      assert.deepEqual({ ...expected.task, taskId: asked }, seen);
    });
  }
});
