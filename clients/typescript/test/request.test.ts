/** What becomes of a prompt and its options. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildRequest, FIELDS, type Violation } from "../src/index.js";
import { Fixture, VEO } from "./support/fixture.js";
import { jsonResponse, ScriptedServer } from "./support/scripted-server.js";

describe("a request", () => {
  const fixture = new Fixture();

  it("with an image is image-to-video", async () => {
    const task = await fixture.client().generate("It turns", { model: "veo3", image: "https://example.com/cup.jpg" });
    assert.equal("veo3", task.model);
  });

  it("passes provider-specific controls through", async () => {
    const server = await ScriptedServer.start();
    try {
      server.responses = [jsonResponse(200, { taskId: "tsk_1", status: 0, creditsUsed: 1 })];
      await fixture.client({ baseUrl: server.url }).submit("A cup", { model: "veo3", extra: { "x-seed": 7 } });
      const body = JSON.parse(server.requests[0]?.split("\r\n\r\n")[1] ?? "") as unknown;
      assert.deepEqual({ prompt: "A cup", model: "veo3", inputMode: "text_to_video", "x-seed": 7 }, body);
    } finally {
      await server.stop();
    }
  });

  it("rejects an extra that names a field with an option of its own", async () => {
    const call = fixture.client().submit("A cup", { model: "veo3", extra: { duration: 8 } });
    await assert.rejects(call, { name: "TypeError", message: "extra names duration; use the option of that field" });
  });

  it("has the option of each field, in the order of the fields", () => {
    const options = Object.keys(FIELDS).filter((name) => name !== "prompt" && name !== "inputImageUrls");
    const values = Object.fromEntries(options.reverse().map((name) => [name, `a ${name}`]));
    const body = buildRequest("A cup", { ...values, image: "https://example.com/cup.jpg" } as never);
    assert.deepEqual(Object.keys(FIELDS), Object.keys(body));
    assert.deepEqual({ ...values, prompt: "A cup", inputImageUrls: ["https://example.com/cup.jpg"] }, body);
  });

  for (const name of ["x-seed", "ratio", "inputImageUrls", "toString"]) {
    it(`rejects the unknown option ${name}, which would be lost`, async () => {
      const call = fixture.client().submit("A cup", { model: "veo3", [name]: 1 });
      await assert.rejects(call, { name: "TypeError", message: `unknown option ${name}` });
    });
  }

  it("that is whole takes no option of a field, which would be lost", async () => {
    const call = fixture.client().generate(VEO, { duration: 8 } as never);
    await assert.rejects(call, { name: "TypeError", message: "a whole request takes no further options: duration" });
  });

  it("with a warning is reported and sent", async () => {
    const warnings: Violation[] = [];
    const settings = { onWarning: (violation: Violation) => void warnings.push(violation) };
    await fixture.client(settings).submit({ ...VEO, aspectRatio: "wide" });
    assert.deepEqual(
      ["aspect_ratio_shape"],
      warnings.map((violation) => violation.code),
    );
  });
});
