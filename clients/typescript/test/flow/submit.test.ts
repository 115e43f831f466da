/** A submission is sent at most once. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectionFailed, SubmissionUncertain } from "../../src/index.js";
import { Fixture, VEO } from "../support/fixture.js";
import { ScriptedServer } from "../support/scripted-server.js";

describe("submit", () => {
  const fixture = new Fixture();

  it("sends once where the response is lost, whatever the timeout", async () => {
    const call = fixture.under("lost-reply").submit(VEO, { timeout: Infinity });
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof SubmissionUncertain);
      assert.deepEqual({ ...VEO }, { ...error.request });
      assert.ok(error.cause instanceof ConnectionFailed);
      return true;
    });
    assert.equal(1, (await fixture.submissions()).length);
  });

  it("retries a connection that was never made; the error is safe to retry", async () => {
    const closed = await ScriptedServer.start();
    await closed.stop();
    const message = `cannot connect to ${closed.url.slice(7)}: connection refused; nothing was sent, safe to retry`;
    await assert.rejects(fixture.client({ baseUrl: closed.url }).submit(VEO), { name: "ConnectionFailed", message });
    assert.equal(3, fixture.clock.delays.length);
  });

  it("retries a 429 as long as its Retry-After fits into the timeout", async () => {
    await fixture.under("submit-429").submit(VEO);
    assert.deepEqual(
      [1],
      fixture.clock.delays.map((delay) => delay / 1000),
    );
    await assert.rejects(fixture.under("submit-429").submit({ ...VEO, prompt: "B" }, { timeout: 1500 }), {
      name: "RateLimited",
    });
  });
});
