/** The violations, prices, errors and tasks of the vectors, exactly. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import * as library from "../src/index.js";
import {
  check,
  InvalidRequest,
  MODELS,
  parseModels,
  quote,
  SubmissionUncertain,
  type Task,
  VideoClient,
  VideoClientError,
  type Violation,
} from "../src/index.js";
import { FakeClock } from "./support/fake-clock.js";
import { jsonResponse, rawResponse, ScriptedServer } from "./support/scripted-server.js";
import { errors, models, prices, rules, snapshots } from "./support/vectors.js";

const VEO = { prompt: "A cup", model: "veo3_fast", inputMode: "text_to_video" } as const;

/** Violations as the vectors have them. */
function problems(violations: readonly Violation[]) {
  const order = (one: { field: string; code: string }) => `${one.field} ${one.code}`;
  return violations
    .map(({ code, field, severity }) => ({ code, field, severity }))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

describe("rules: field, code and severity are the contract", () => {
  for (const { id, given, expected } of rules) {
    it(id, () => {
      const violations = check(given.request);
      assert.deepEqual([...expected.problems], problems(violations));
      assert.equal(
        expected.accepted,
        violations.every((violation) => violation.severity !== "error"),
      );
    });
  }
});

describe("prices: an unknown one is null and never a number", () => {
  for (const { id, given, expected } of prices)
    it(id, () => assert.equal(expected.credits, quote(given.request).credits));
});

describe("models: rows of the user's own join the table, and a mistake in them is told", () => {
  for (const { id, given, expected } of models) {
    it(id, () => {
      if (expected.error !== undefined) {
        const message = `the models file${expected.error}`;
        assert.throws(
          () => parseModels(given.file),
          (error) => error instanceof InvalidRequest && error.violations[0]?.message === message,
        );
        return;
      }
      const rows = parseModels(given.file);
      if (given.request) {
        const options = { models: { ...MODELS, ...rows }, allowUnknownModel: given.allowUnknownModel };
        const actual = {
          problems: problems(check(given.request, options)),
          credits: quote(given.request, options).credits,
        };
        assert.deepEqual(expected, actual);
      } else {
        const plain = Object.values(rows).map(({ id, modes, durations, resolutions, prices }) => {
          return { id, modes, durations, resolutions, prices };
        });
        assert.deepEqual(expected, { models: plain });
      }
    });
  }
});

describe("over a socket", () => {
  let server: ScriptedServer;
  let clock: FakeClock;
  let client: VideoClient;
  before(async () => {
    server = await ScriptedServer.start();
  });
  after(() => server.stop());
  beforeEach(() => {
    clock = new FakeClock();
    client = new VideoClient({ apiKey: "test-key", baseUrl: server.url });
  });
  afterEach(() => clock.restore());

  /** Attributes of an error, in the names of the vectors; null where it has none. */
  const attributes = (error: VideoClientError, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, (error as unknown as Record<string, unknown>)[name] ?? null]));

  for (const { id, given, expected } of errors) {
    it(`errors: ${id}`, async () => {
      server.responses = [rawResponse(given.status, given.headers, given.body)];
      const call = given.operation === "generateVideo" ? client.submit(VEO) : client.get("tsk_1");
      const error = await call.then(
        () => assert.fail("no error"),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof VideoClientError);
      assert.equal(library[expected.error as keyof typeof library], error.constructor);
      const source = error instanceof SubmissionUncertain ? error.cause : error;
      const { error: _, message, ...rest } = expected;
      assert.deepEqual(rest, attributes(source, Object.keys(rest)));
      if (message !== undefined)
        assert.equal(message || null, attributes(source, ["serviceMessage"])["serviceMessage"]);
    });
  }

  for (const { id, given, expected } of snapshots) {
    it(`snapshots: ${id}`, async () => {
      server.responses = [jsonResponse(200, given.body)];
      const requested = (expected.task["taskId"] as string | null) ?? "tsk_unnamed";
      const { baseUrl } = given;
      const fetch = () => Promise.resolve(Response.json(given.body));
      const reader = baseUrl ? new VideoClient({ apiKey: "test-key", baseUrl, fetch }) : client;
      const { id: taskId, ...task } = await reader.get(requested);
      const actual = { taskId, ...task } as Omit<Task, "id"> & { taskId: string };
      const selected = Object.fromEntries(
        Object.keys(expected.task).map((name) => [name, actual[name as keyof typeof actual]]),
      );
      assert.deepEqual({ ...expected.task, taskId: requested }, selected);
    });
  }
});
