/** The download of a video. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { DownloadFailed } from "../../src/index.js";
import { Fixture, VEO } from "../support/fixture.js";
import { rawResponse, ScriptedServer } from "../support/scripted-server.js";

describe("download", () => {
  const fixture = new Fixture();

  it("takes a task, an id or a URL", async () => {
    const task = await fixture.client().generate(VEO);
    const sources = [task, task.id, task.videoUrl ?? ""];
    const saved = sources.map((source, number) => fixture.client().download(source, fixture.path(`${number}.mp4`)));
    const videos = await Promise.all((await Promise.all(saved)).map((path) => readFile(path)));
    assert.deepEqual(videos[0], videos[1]);
    assert.deepEqual(videos[1], videos[2]);
  });

  it("leaves an existing file unchanged until the new one is complete", async () => {
    const path = fixture.path("cup.mp4");
    await writeFile(path, "mine");
    const lost = fixture.under("download-404-always");
    const task = await fixture.client().generate(VEO);
    await assert.rejects(lost.generate(VEO, { saveTo: path, overwrite: true }), DownloadFailed);
    assert.equal("mine", await readFile(path, "utf8"));
    await fixture.client().download(task, path, { overwrite: true });
    assert.deepEqual(["cup.mp4"], await fixture.files());
    assert.notEqual("mine", await readFile(path, "utf8"));
  });

  it("resumes only the same video", async () => {
    const server = await ScriptedServer.start();
    try {
      const video = { "Content-Type": "video/mp4", ETag: '"one"' };
      const interrupted = rawResponse(200, video, "01234").replace("Content-Length: 5", "Content-Length: 10");
      const other = rawResponse(200, { "Content-Type": "video/mp4", ETag: '"two"' }, "another");
      server.responses = [interrupted, other];
      const path = await fixture.client().download(`${server.url}/cup.mp4`, fixture.path("cup.mp4"));
      assert.equal("another", await readFile(path, "utf8"));
      assert.match(server.requests[1] ?? "", /^range: bytes=5-\r$/im);
      assert.match(server.requests[1] ?? "", /^if-range: "one"\r$/im);
    } finally {
      await server.stop();
    }
  });

  it("never replaces a file that was created meanwhile", async () => {
    const saveTo = fixture.path("cup.mp4");
    const call = fixture.client().generate(VEO, { saveTo, onProgress: () => writeFileSync(saveTo, "mine") });
    await assert.rejects(call, { name: "DownloadFailed", message: /the file has come into being meanwhile/ });
    assert.equal("mine", await readFile(saveTo, "utf8"));
    assert.deepEqual(["cup.mp4"], await fixture.files());
  });

  it("reports a missing folder, with the task id", async () => {
    const gone = fixture.path("gone");
    await mkdir(gone);
    const call = fixture.client().generate(VEO, {
      saveTo: join(gone, "cup.mp4"),
      onUpdate: () => rmSync(gone, { recursive: true, force: true }),
    });
    const error = await call.catch((reason: unknown) => reason);
    assert.ok(error instanceof DownloadFailed);
    assert.match(error.message, /ENOENT/);
    assert.equal((await fixture.mock.ledger())[0]?.taskId, error.taskId);
  });

  it("reports a task that has not ended", async () => {
    const pending = await fixture.client().submit(VEO);
    const call = fixture.client().download(pending, fixture.path("cup.mp4"));
    await assert.rejects(call, { name: "DownloadFailed", taskId: pending.id, message: /the task is still pending/ });
  });

  it("rejects an address that is no web address", async () => {
    const task = { ...(await fixture.client().submit(VEO)), videoUrl: "file:///etc/hostname" };
    await assert.rejects(fixture.client().download(task, fixture.path("cup.mp4")), DownloadFailed);
    assert.deepEqual([], await fixture.files());
  });
});
