/** Waiting for a task. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidRequest, TaskFailed, WaitTimeout } from "../../src/index.js";
import { Fixture, VEO } from "../support/fixture.js";

describe("wait", () => {
  const fixture = new Fixture();

  it("can be iterated with for await", async () => {
    const pending = await fixture.client().submit(VEO);
    const statuses: number[] = [];
    for await (const { status } of fixture.client().updates(pending)) statuses.push(status);
    assert.deepEqual([0, 1], statuses);
  });

  it("reports unknown statuses and continues", async () => {
    const other = fixture.under("unknown-status");
    const statuses: number[] = [];
    for await (const { status } of other.updates(await other.submit(VEO))) statuses.push(status);
    assert.deepEqual([7, 1], statuses);
  });

  it("ends at its timeout with the task id", async () => {
    const pending = await fixture.client().submit(VEO);
    await assert.rejects(fixture.client().wait(pending, { timeout: 20_000 }), (error) => {
      assert.ok(error instanceof WaitTimeout);
      assert.deepEqual([pending.id, 20_000 - 1_000], [error.taskId, error.waited]);
      assert.match(error.message, /^task tsk_\w+ is still pending after 19 s; wait again with its id$/);
      return true;
    });
  });

  it("continues where a task is completed without a video, and then pending again", async () => {
    const early = fixture.under("done-then-pending");
    assert.ok((await early.wait(await early.submit(VEO))).videoUrl);
  });

  it("waits briefly for a late refund", async () => {
    const late = fixture.under("failed-late-refund");
    await assert.rejects(late.wait(await late.submit(VEO)), (error) => {
      assert.ok(error instanceof TaskFailed);
      assert.deepEqual(["EMPTY_RESULT", true], [error.code, error.refunded]);
      return true;
    });
  });

  it("requires a task id", async () => {
    await assert.rejects(fixture.client().wait(" "), InvalidRequest);
    await assert.rejects(fixture.client().get(""), InvalidRequest);
    assert.deepEqual([], await fixture.mock.requests());
  });
});
