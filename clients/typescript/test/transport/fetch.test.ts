/** The caller's own fetch, and the key. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { Unauthorized } from "../../src/index.js";
import { Fixture, VEO } from "../support/fixture.js";
import { jsonResponse, ScriptedServer } from "../support/scripted-server.js";

describe("the transport", () => {
  const fixture = new Fixture();

  it("uses the caller's own fetch for everything", async () => {
    const requests: string[] = [];
    const own: typeof fetch = (input, init) => {
      requests.push(`${init?.method} ${new URL(String(input)).pathname.split("/")[1]}`);
      return fetch(input, init);
    };
    await fixture.client({ fetch: own }).generate(VEO, { saveTo: fixture.path("cup.mp4") });
    assert.deepEqual(["POST api", "GET api", "GET videos"], [...new Set(requests)]);
  });

  describe("the key", () => {
    const KEY = "a-real-key";

    it("is in no representation of a client", () => {
      const keyed = fixture.client({ apiKey: KEY });
      const representations = [inspect(keyed, { depth: null, showHidden: true }), JSON.stringify(keyed), String(keyed)];
      assert.deepEqual(
        [],
        representations.filter((text) => text.includes(KEY)),
      );
    });

    it("is in no error, even where a service echoes it", async () => {
      const server = await ScriptedServer.start();
      try {
        server.responses = [jsonResponse(401, { error: `no such key ${KEY}` }, { "X-Request-Id": KEY })];
        const keyed = fixture.client({ apiKey: KEY, baseUrl: server.url });
        const error = await keyed.submit(VEO).catch((reason: unknown) => reason);
        assert.ok(error instanceof Unauthorized);
        assert.equal("no such key [the key]", error.serviceMessage);
        assert.ok(!inspect(error, { depth: null, showHidden: true }).includes(KEY));
      } finally {
        await server.stop();
      }
    });
  });
});
