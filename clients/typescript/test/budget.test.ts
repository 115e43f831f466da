/** The budget of a client, over real sockets. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BudgetExceeded, SubmissionUncertain, TaskFailed } from "../src/index.js";
import { Fixture, VEO, VEO_CREDITS } from "./support/fixture.js";

describe("the budget", () => {
  const fixture = new Fixture();

  it("is enforced before anything is sent", async () => {
    const limited = fixture.client({ maxCredits: VEO_CREDITS });
    await limited.submit(VEO);
    await assert.rejects(limited.submit(VEO), (error) => {
      assert.ok(error instanceof BudgetExceeded);
      assert.deepEqual([VEO_CREDITS, 0], [error.needed, error.left]);
      return true;
    });
    assert.equal(1, (await fixture.submissions()).length);
    assert.equal(VEO_CREDITS, limited.creditsCommitted);
  });

  it("is enforced for concurrent submissions", async () => {
    const limited = fixture.client({ maxCredits: 2 * VEO_CREDITS });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => limited.submit(VEO)));
    assert.equal(2, results.filter(({ status }) => status === "fulfilled").length);
    assert.equal(2, (await fixture.submissions()).length);
  });

  it("rejects an unknown price unless that is allowed", async () => {
    const wan = { ...VEO, model: "wan/2-6-text-to-video" } as const;
    await assert.rejects(fixture.client({ maxCredits: 1000 }).submit(wan), BudgetExceeded);
    await fixture.client({ maxCredits: 1000, allowUnknownPrice: true }).submit(wan);
    assert.equal(1, (await fixture.submissions()).length);
  });

  it("is credited with a refund, but not with an uncertain submission", async () => {
    const failing = fixture.under("failed", { maxCredits: VEO_CREDITS });
    await assert.rejects(failing.generate(VEO), TaskFailed);
    assert.equal(0, failing.creditsCommitted);
    const uncertain = fixture.under("lost-reply", { maxCredits: VEO_CREDITS });
    await assert.rejects(uncertain.submit(VEO), SubmissionUncertain);
    assert.equal(VEO_CREDITS, uncertain.creditsCommitted);
  });

  it("is credited with a refused submission", async () => {
    const refused = fixture.under("submit-403", { maxCredits: VEO_CREDITS });
    await assert.rejects(refused.submit(VEO), { name: "Forbidden" });
    assert.equal(0, refused.creditsCommitted);
  });
});
