/** The AbortSignal of a call. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Aborted, SubmissionUncertain } from "../src/index.js";
import { Fixture, VEO } from "./support/fixture.js";

describe("an AbortSignal", () => {
  const fixture = new Fixture();

  it("that is aborted already sends nothing", async () => {
    const signal = AbortSignal.abort("enough");
    await assert.rejects(fixture.client().generate(VEO, { signal }), (error) => {
      assert.ok(error instanceof Aborted);
      assert.deepEqual(["AbortError", "enough", null], [error.name, error.cause, error.taskId]);
      return true;
    });
    assert.deepEqual([], await fixture.mock.requests());
  });

  it("makes a submission in flight uncertain", async () => {
    const signal = AbortSignal.timeout(100);
    await assert.rejects(fixture.under("submit-slow-headers").generate(VEO, { signal }), (error) => {
      assert.ok(error instanceof SubmissionUncertain);
      assert.ok(error.cause instanceof Aborted);
      return true;
    });
    assert.equal(1, (await fixture.submissions()).length);
  });

  it("ends a wait with the task id, and the task can be waited for again", async () => {
    const controller = new AbortController();
    const onUpdate = () => controller.abort();
    const error = await fixture
      .client()
      .generate(VEO, { signal: controller.signal, onUpdate })
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof Aborted);
    assert.equal((await fixture.mock.ledger())[0]?.taskId, error.taskId);
    assert.equal(1, (await fixture.client().wait(error.taskId ?? "")).status);
  });

  it("ends a download and leaves no file", async () => {
    const slow = fixture.under("download-slow-body");
    const task = await slow.generate(VEO);
    const call = slow.download(task, fixture.path("cup.mp4"), { signal: AbortSignal.timeout(100) });
    await assert.rejects(call, { name: "AbortError", taskId: task.id });
    assert.deepEqual([], await fixture.files());
  });
});
