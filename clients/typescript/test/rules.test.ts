/** What `check` finds, beyond the vectors. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check } from "../src/index.js";

describe("check", () => {
  for (const value of [null, 7, "text", []]) {
    it(`rejects ${JSON.stringify(value)} as no request`, () => {
      const codes = check(value as never).map((violation) => violation.code);
      assert.deepEqual(["type"], codes);
    });
  }

  it("suggests the closest model, or lists all of them", () => {
    const [close] = check({ prompt: "x", model: "Veo3-fast", inputMode: "text_to_video" });
    assert.equal(
      'there is no model "Veo3-fast" (did you mean veo3_fast?); send a newer one with allowUnknownModel, or with a row of your own (parseModels)',
      close?.message,
    );
    const [far] = check({ prompt: "x", model: "stable-diffusion", inputMode: "text_to_video" });
    assert.match(far?.message ?? "", /\(the models are kling\/v2-1-standard, /);
  });

  it("does not take an inherited property name for a model", () => {
    for (const model of ["toString", "__proto__", "constructor"]) {
      const [violation] = check({ prompt: "x", model, inputMode: "text_to_video" });
      assert.equal("model_unknown", violation?.code);
    }
  });

  it("rejects values without a JSON form, which would be sent as something else", () => {
    const cycle: Record<string, unknown> = {};
    cycle["itself"] = cycle;
    for (const seed of [Number.NaN, Infinity, 10n, () => 1, Symbol("x"), "\ud800", { deep: ["\udc00"] }, cycle]) {
      const violations = check({ prompt: "x", model: "veo3", inputMode: "text_to_video", "x-seed": seed });
      assert.deepEqual(
        [["not_json", "x-seed"]],
        violations.map(({ code, field }) => [code, field]),
      );
    }
  });

  it("omits undefined fields, as JSON does", () => {
    const request = { prompt: "x", model: "veo3", inputMode: "text_to_video", duration: undefined };
    assert.deepEqual([], check(request));
  });
});
