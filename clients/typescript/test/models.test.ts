/** What the model table says of durations. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { COMMON_DURATIONS, type Model } from "../src/index.js";
import { allowedDurations, isRange } from "../src/models.js";

const row: Model = {
  id: "x-model",
  family: "X",
  label: "X",
  modes: ["text_to_video"],
  modesKnown: "page",
  durations: [3, 4, 5, 6],
  durationsKnown: "docs",
  resolutions: [],
  resolutionsKnown: "unknown",
  prices: [],
  pricesKnown: "unknown",
};

describe("durations", () => {
  it("are a range where more than two follow one another", () => {
    const found = [[3, 4, 5, 6], [5, 10], [8], [], [5, 6], [5, 9, 7], [7, 6, 5]].map(isRange);
    assert.deepEqual([true, false, false, false, false, false, false], found);
  });

  it("are those of the row where it is documented, else the common ones", () => {
    assert.deepEqual([3, 4, 5, 6], allowedDurations(row));
    assert.deepEqual(COMMON_DURATIONS, allowedDurations({ ...row, durationsKnown: "inferred" }));
  });
});
