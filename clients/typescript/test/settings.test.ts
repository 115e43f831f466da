/** The settings of a client: which values are used, and which are refused. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { InvalidRequest, VideoClient, type VideoClientOptions } from "../src/index.js";

const assertRefused = (options: VideoClientOptions, message: RegExp) =>
  assert.throws(
    () => new VideoClient({ apiKey: "test-key", ...options }),
    (error) => {
      assert.ok(error instanceof InvalidRequest);
      assert.match(error.message, message);
      return true;
    },
  );

describe("settings", () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it("come from the environment by default", () => {
    process.env["GPTIMAGE2_API_KEY"] = "test-key";
    process.env["GPTIMAGE2_BASE_URL"] = "https://example.com/prefix/";
    assert.equal("https://example.com/prefix", new VideoClient().baseUrl);
    assert.equal("https://other.example", new VideoClient({ baseUrl: "https://other.example" }).baseUrl);
  });

  it("have the service as the default base URL", () => {
    delete process.env["GPTIMAGE2_BASE_URL"];
    assert.equal("https://gptimage2api.org", new VideoClient({ apiKey: "test-key" }).baseUrl);
  });

  it("require a key that a header can carry", () => {
    delete process.env["GPTIMAGE2_API_KEY"];
    assertRefused({ apiKey: undefined }, /^there is no API key; set GPTIMAGE2_API_KEY or pass apiKey$/);
    for (const apiKey of ["two words", "line\nbreak", "schlüssel"])
      assertRefused({ apiKey }, /^the API key has white space/);
  });

  it("take white space around a key as none of it, as a line of a file has it", () => {
    process.env["GPTIMAGE2_API_KEY"] = " test-key\r\n";
    assert.ok(new VideoClient());
    assertRefused({ apiKey: "\r\n" }, /^there is no API key/);
  });

  it("never show a refused key", () => {
    const create = () => new VideoClient({ apiKey: "hush-hush\nhush-hush" });
    assert.throws(create, (error) => !String((error as Error).message).includes("hush"));
  });

  for (const baseUrl of [
    "gptimage2api.org",
    "ftp://example.com",
    "http://",
    "https://exa mple.com",
    "https://example.com/\n",
  ]) {
    it(`require a web address, and not ${JSON.stringify(baseUrl)}`, () =>
      assertRefused({ baseUrl }, /is not a web address/));
  }

  for (const baseUrl of ["https://me@example.com", "https://example.com?a=b", "https://example.com/#there"]) {
    it(`require a plain address, and not ${baseUrl}`, () =>
      assertRefused({ baseUrl }, /no user name, query or fragment/));
  }

  it("allow plain HTTP to other hosts only where allowPlainHttp is set", () => {
    assertRefused({ baseUrl: "http://example.com" }, /^the key would go to example\.com unencrypted/);
    for (const baseUrl of ["http://localhost:3000", "http://127.0.0.1:4010", "http://[::1]:4010"]) {
      assert.equal(baseUrl, new VideoClient({ apiKey: "test-key", baseUrl }).baseUrl);
    }
    const allowed = { apiKey: "test-key", baseUrl: "http://example.com", allowPlainHttp: true };
    assert.equal("http://example.com", new VideoClient(allowed).baseUrl);
  });

  it("are numbers in range", () => {
    for (const maxCredits of [-1, 1.5, Number.NaN])
      assertRefused({ maxCredits }, /^maxCredits must be a whole number of credits/);
    for (const time of [0, -1, Number.NaN]) {
      assertRefused({ requestTimeout: time }, /^requestTimeout must be a number of milliseconds above 0/);
      assertRefused({ pollInterval: time }, /^pollInterval must be a number of milliseconds above 0/);
    }
  });

  it("are refused in a browser, which would show the key to everybody", () => {
    const versions = Object.getOwnPropertyDescriptor(process, "versions") ?? {};
    try {
      Object.defineProperty(globalThis, "document", { value: {}, configurable: true });
      assert.ok(new VideoClient({ apiKey: "test-key" }), "a page that is simulated under Node is no browser");
      Object.defineProperty(process, "versions", { value: {}, configurable: true });
      assertRefused({}, /^a browser shows the key to everybody/);
    } finally {
      Object.defineProperty(process, "versions", versions);
      Reflect.deleteProperty(globalThis, "document");
    }
  });
});
