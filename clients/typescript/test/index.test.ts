/** The public names. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as library from "../src/index.js";

describe("index", () => {
  it("exports these names and no other", () => {
    const errors =
      "APIError Aborted BadRequest BudgetExceeded ConnectionFailed DownloadFailed Forbidden InsufficientCredits";
    const more = "InvalidRequest RateLimited ServerError SubmissionUncertain TaskFailed TaskNotFound Unauthorized";
    const rest = "UnexpectedReply VideoClient VideoClientError WaitTimeout buildRequest check parseModels quote";
    const names = `${errors} ${more} ${rest} COMMON_DURATIONS FIELDS MODELS TaskStatus`.split(" ");
    assert.deepEqual(names.sort(), Object.keys(library).sort());
  });
});
