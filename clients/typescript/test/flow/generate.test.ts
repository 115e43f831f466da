/** From a prompt to a file, over real sockets. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { InvalidRequest, type Task } from "../../src/index.js";
import { Fixture, VEO, VEO_CREDITS } from "../support/fixture.js";

describe("generate", () => {
  const fixture = new Fixture();

  it("submits, reports each change of status, and saves the video of the service", async () => {
    const updates: Task[] = [];
    const saveTo = fixture.path("cup.mp4");
    const task = await fixture.client().generate("A cup", {
      model: "veo3_fast",
      duration: 8,
      saveTo,
      onUpdate: (update) => updates.push(update),
    });
    assert.deepEqual(
      [0, 1],
      updates.map((update) => update.status),
    );
    assert.deepEqual([VEO_CREDITS, saveTo, "veo3_fast"], [task.creditsUsed, task.path, task.model]);
    const served = Buffer.from(await (await fetch(task.videoUrl ?? "")).arrayBuffer());
    assert.deepEqual(served, await readFile(saveTo));
    assert.deepEqual(["cup.mp4"], await fixture.files());
  });

  it("polls first after ten seconds and then every two, as the documentation recommends", async () => {
    await fixture.client().generate(VEO);
    assert.deepEqual([10_000, ...Array<number>(25).fill(2_000)], fixture.clock.delays);
  });

  it("reports progress in bytes", async () => {
    const progress: [number, number | null][] = [];
    const saveTo = fixture.path("cup.mp4");
    await fixture.client().generate(VEO, { saveTo, onProgress: (...bytes) => progress.push(bytes) });
    const size = (await readFile(saveTo)).length;
    assert.deepEqual([size, size], progress.at(-1));
  });

  describe("sends nothing", () => {
    it("that is invalid, and the error names the violation", async () => {
      const invalid = { ...VEO, duration: 5 } as const;
      await assert.rejects(fixture.client().generate(invalid), (error) => {
        assert.ok(error instanceof InvalidRequest);
        assert.equal("veo3_fast clips are always 8 seconds; drop duration or set it to 8", error.message);
        return true;
      });
      assert.deepEqual([], await fixture.mock.requests());
    });

    it("where the file cannot be written", async () => {
      const saveTo = fixture.path("cup.mp4");
      await writeFile(saveTo, "mine");
      await assert.rejects(fixture.client().generate(VEO, { saveTo }), InvalidRequest);
      await assert.rejects(fixture.client().generate(VEO, { saveTo: fixture.folder, overwrite: true }), InvalidRequest);
      await assert.rejects(
        fixture.client().generate(VEO, { saveTo: join(fixture.folder, "no", "cup.mp4") }),
        InvalidRequest,
      );
      assert.deepEqual([], await fixture.mock.requests());
      assert.equal("mine", await readFile(saveTo, "utf8"));
    });
  });
});
