/** What a client takes, what it refuses, and what the package offers. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import * as library from "../src/index.js";
import { InvalidRequest, VideoClient, type VideoClientOptions } from "../src/index.js";

const refused = (options: VideoClientOptions, words: RegExp) =>
  assert.throws(
    () => new VideoClient({ apiKey: "test-key", ...options }),
    (error) => {
      assert.ok(error instanceof InvalidRequest);
      assert.match(error.message, words);
      return true;
    },
  );

describe("settings", () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it("come from the environment where none are given", () => {
    process.env["GPTIMAGE2_API_KEY"] = "test-key";
    process.env["GPTIMAGE2_BASE_URL"] = "https://example.com/prefix/";
    assert.equal("https://example.com/prefix", new VideoClient().baseUrl);
    assert.equal("https://other.example", new VideoClient({ baseUrl: "https://other.example" }).baseUrl);
  });

  it("have the service as the base URL", () => {
    delete process.env["GPTIMAGE2_BASE_URL"];
    assert.equal("https://gptimage2api.org", new VideoClient({ apiKey: "test-key" }).baseUrl);
  });

  it("need a key that a header can carry", () => {
    delete process.env["GPTIMAGE2_API_KEY"];
    refused({ apiKey: undefined }, /^there is no API key; set GPTIMAGE2_API_KEY or pass apiKey$/);
    for (const apiKey of ["two words", "line\nbreak", "schlüssel"]) refused({ apiKey }, /^the API key has white space/);
  });

  it("never show the key that they refuse", () => {
    const show = () => new VideoClient({ apiKey: "hush-hush\n" });
    assert.throws(show, (error) => !String((error as Error).message).includes("hush"));
  });

  for (const baseUrl of [
    "gptimage2api.org",
    "ftp://example.com",
    "http://",
    "https://exa mple.com",
    "https://example.com/\n",
  ]) {
    it(`need a web address, and not ${JSON.stringify(baseUrl)}`, () => refused({ baseUrl }, /is not a web address/));
  }

  for (const baseUrl of ["https://me@example.com", "https://example.com?a=b", "https://example.com/#there"]) {
    it(`need a plain address, and not ${baseUrl}`, () => refused({ baseUrl }, /no user name, query or fragment/));
  }

  it("send the key unencrypted to this machine alone, unless told otherwise", () => {
    refused({ baseUrl: "http://example.com" }, /^the key would go to example\.com unencrypted/);
    for (const baseUrl of ["http://localhost:3000", "http://127.0.0.1:4010", "http://[::1]:4010"]) {
      assert.equal(baseUrl, new VideoClient({ apiKey: "test-key", baseUrl }).baseUrl);
    }
    const allowed = { apiKey: "test-key", baseUrl: "http://example.com", allowPlainHttp: true };
    assert.equal("http://example.com", new VideoClient(allowed).baseUrl);
  });

  it("are numbers that make sense", () => {
    for (const maxCredits of [-1, 1.5, Number.NaN])
      refused({ maxCredits }, /^maxCredits must be a whole number of credits/);
    for (const time of [0, -1, Number.NaN]) {
      refused({ requestTimeout: time }, /^requestTimeout must be a number of milliseconds above 0/);
      refused({ pollInterval: time }, /^pollInterval must be a number of milliseconds above 0/);
    }
  });

  it("do not matter in a browser, which would show the key to everybody", () => {
    const versions = Object.getOwnPropertyDescriptor(process, "versions") ?? {};
    try {
      Object.defineProperty(globalThis, "document", { value: {}, configurable: true });
      assert.ok(new VideoClient({ apiKey: "test-key" }), "a page that is only simulated, under Node, is no browser");
      Object.defineProperty(process, "versions", { value: {}, configurable: true });
      refused({}, /^a browser shows the key to everybody/);
    } finally {
      Object.defineProperty(process, "versions", versions);
      Reflect.deleteProperty(globalThis, "document");
    }
  });
});

describe("the package", () => {
  it("offers these names and no other", () => {
    const errors =
      "APIError Aborted BadRequest BudgetExceeded ConnectionFailed DownloadFailed Forbidden InsufficientCredits";
    const more = "InvalidRequest RateLimited ServerError SubmissionUncertain TaskFailed TaskNotFound Unauthorized";
    const rest = "UnexpectedReply VideoClient VideoClientError WaitTimeout buildRequest check quote";
    const names = `${errors} ${more} ${rest} COMMON_DURATIONS MODELS TaskStatus`.split(" ");
    assert.deepEqual(names.sort(), Object.keys(library).sort());
  });
});

describe("check", () => {
  for (const nothing of [null, 7, "text", []]) {
    it(`calls ${JSON.stringify(nothing)} no request`, () => {
      const told = library.check(nothing as never).map((violation) => violation.code);
      assert.deepEqual(["type"], told);
    });
  }

  it("names the model that was probably meant, or all of them", () => {
    const [near] = library.check({ prompt: "x", model: "Veo3-fast", inputMode: "text_to_video" });
    assert.equal('there is no model "Veo3-fast"; did you mean veo3_fast?', near?.message);
    const [far] = library.check({ prompt: "x", model: "stable-diffusion", inputMode: "text_to_video" });
    assert.match(far?.message ?? "", /; the models are kling\/v2-1-standard, /);
  });

  it("takes no name of an object's own for a model", () => {
    for (const model of ["toString", "__proto__", "constructor"]) {
      const [told] = library.check({ prompt: "x", model, inputMode: "text_to_video" });
      assert.equal("model_unknown", told?.code);
    }
  });

  it("refuses what has no JSON form, which would be sent as something else", () => {
    const cycle: Record<string, unknown> = {};
    cycle["itself"] = cycle;
    for (const seed of [Number.NaN, Infinity, 10n, () => 1, Symbol("x"), "\ud800", { deep: ["\udc00"] }, cycle]) {
      const told = library.check({ prompt: "x", model: "veo3", inputMode: "text_to_video", seed });
      assert.deepEqual(
        [["not_json", "seed"]],
        told.map(({ code, field }) => [code, field]),
      );
    }
  });

  it("leaves out what is undefined, as JSON does", () => {
    const request = { prompt: "x", model: "veo3", inputMode: "text_to_video", duration: undefined };
    assert.deepEqual([], library.check(request));
  });
});
