/** What a caller of the client relies on, over real sockets. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { inspect } from "node:util";
import {
  Aborted,
  BudgetExceeded,
  ConnectionFailed,
  DownloadFailed,
  InvalidRequest,
  SubmissionUncertain,
  type Task,
  TaskFailed,
  Unauthorized,
  VideoClient,
  type VideoClientOptions,
  type Violation,
  WaitTimeout,
} from "../src/index.js";
import { Mock } from "./support/mock.js";
import { jsonReply, reply, Scripted } from "./support/scripted.js";
import { FakeTime } from "./support/time.js";

const VEO = { prompt: "A cup", model: "veo3_fast", inputMode: "text_to_video" } as const;
const VEO_CREDITS = 9;

describe("a client", () => {
  let mock: Mock;
  let time: FakeTime;
  let folder: string;

  before(async () => {
    mock = await Mock.start();
  });
  after(() => mock.stop());
  beforeEach(async () => {
    await mock.reset();
    time = new FakeTime((seconds) => mock.advance(seconds));
    folder = await mkdtemp(join(tmpdir(), "client-"));
  });
  afterEach(async () => {
    time.restore();
    await rm(folder, { recursive: true });
  });

  const client = (options: VideoClientOptions = {}) =>
    new VideoClient({ apiKey: "test-key", baseUrl: mock.url, ...options });
  const under = (scenario: string, options: VideoClientOptions = {}) =>
    client({ baseUrl: mock.scenario(scenario), ...options });
  const posts = async () => (await mock.requests()).filter((seen) => seen.method === "POST");
  const files = () => readdir(folder);

  describe("generate", () => {
    it("submits, tells each change, and saves the video that the service serves", async () => {
      const told: Task[] = [];
      const saveTo = join(folder, "cup.mp4");
      const task = await client().generate("A cup", {
        model: "veo3_fast",
        duration: 8,
        saveTo,
        onUpdate: (update) => told.push(update),
      });
      assert.deepEqual(
        [0, 1],
        told.map((update) => update.status),
      );
      assert.deepEqual([VEO_CREDITS, saveTo, "veo3_fast"], [task.creditsUsed, task.path, task.model]);
      const served = Buffer.from(await (await fetch(task.videoUrl ?? "")).arrayBuffer());
      assert.deepEqual(served, await readFile(saveTo));
      assert.deepEqual(["cup.mp4"], await files());
    });

    it("looks first after ten seconds and then every two, as the documentation recommends", async () => {
      await client().generate(VEO);
      assert.deepEqual([10_000, ...Array<number>(25).fill(2_000)], time.pauses);
    });

    it("reports the bytes that are saved", async () => {
      const told: [number, number | null][] = [];
      const saveTo = join(folder, "cup.mp4");
      await client().generate(VEO, { saveTo, onProgress: (...bytes) => told.push(bytes) });
      const size = (await readFile(saveTo)).length;
      assert.deepEqual([size, size], told.at(-1));
    });

    it("takes an image for the wish to make a video from it", async () => {
      const task = await client().generate("It turns", { model: "veo3", image: "https://example.com/cup.jpg" });
      assert.equal("veo3", task.model);
    });

    it("passes provider-specific controls through", async () => {
      const server = await Scripted.start();
      try {
        server.replies = [jsonReply(200, { taskId: "tsk_1", status: 0, creditsUsed: 1 })];
        await client({ baseUrl: server.url }).submit("A cup", { model: "veo3", extra: { seed: 7 } });
        const body = JSON.parse(server.seen[0]?.split("\r\n\r\n")[1] ?? "") as unknown;
        assert.deepEqual({ prompt: "A cup", model: "veo3", inputMode: "text_to_video", seed: 7 }, body);
      } finally {
        await server.stop();
      }
    });

    it("refuses an extra that names a field with an option of its own", async () => {
      const call = client().submit("A cup", { model: "veo3", extra: { duration: 8 } });
      await assert.rejects(call, { name: "TypeError", message: "extra names duration; use the option of that field" });
    });
  });

  describe("nothing invalid is sent", () => {
    it("and the error says what is wrong", async () => {
      const wrong = { ...VEO, duration: 5 } as const;
      await assert.rejects(client().generate(wrong), (error) => {
        assert.ok(error instanceof InvalidRequest);
        assert.equal("veo3_fast clips are always 8 seconds; drop duration or set it to 8", error.message);
        return true;
      });
      assert.deepEqual([], await mock.requests());
    });

    it("nor is anything where the file cannot be written", async () => {
      const saveTo = join(folder, "cup.mp4");
      await writeFile(saveTo, "mine");
      await assert.rejects(client().generate(VEO, { saveTo }), InvalidRequest);
      await assert.rejects(client().generate(VEO, { saveTo: folder, overwrite: true }), InvalidRequest);
      await assert.rejects(client().generate(VEO, { saveTo: join(folder, "no", "cup.mp4") }), InvalidRequest);
      assert.deepEqual([], await mock.requests());
      assert.equal("mine", await readFile(saveTo, "utf8"));
    });

    it("and what is hardly meant is told, and sent", async () => {
      const told: Violation[] = [];
      const settings = { onWarning: (violation: Violation) => void told.push(violation) };
      await client(settings).submit({ ...VEO, aspectRatio: "wide" });
      assert.deepEqual(
        ["aspect_ratio_shape"],
        told.map((violation) => violation.code),
      );
    });
  });

  describe("a submission is sent at most once", () => {
    it("where its reply is lost, whatever time there is", async () => {
      const call = under("lost-reply").submit(VEO, { timeout: Infinity });
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof SubmissionUncertain);
        assert.deepEqual({ ...VEO }, { ...error.request });
        assert.ok(error.cause instanceof ConnectionFailed);
        return true;
      });
      assert.equal(1, (await posts()).length);
    });

    it("unless nobody answered: that is repeated, and then safe to repeat", async () => {
      const closed = await Scripted.start();
      await closed.stop();
      await assert.rejects(client({ baseUrl: closed.url }).submit(VEO), ConnectionFailed);
      assert.equal(3, time.pauses.length);
    });

    it("unless it was asked to come later, as long as that fits into the timeout", async () => {
      await under("submit-429").submit(VEO);
      assert.deepEqual(
        [1],
        time.pauses.map((pause) => pause / 1000),
      );
      await assert.rejects(under("submit-429").submit({ ...VEO, prompt: "B" }, { timeout: 1500 }), {
        name: "RateLimited",
      });
    });
  });

  describe("the budget", () => {
    it("is held before anything is sent", async () => {
      const poor = client({ maxCredits: VEO_CREDITS });
      await poor.submit(VEO);
      await assert.rejects(poor.submit(VEO), (error) => {
        assert.ok(error instanceof BudgetExceeded);
        assert.deepEqual([VEO_CREDITS, 0], [error.needed, error.left]);
        return true;
      });
      assert.equal(1, (await posts()).length);
      assert.equal(VEO_CREDITS, poor.creditsCommitted);
    });

    it("holds for submissions at the same time", async () => {
      const poor = client({ maxCredits: 2 * VEO_CREDITS });
      const ended = await Promise.allSettled(Array.from({ length: 5 }, () => poor.submit(VEO)));
      assert.equal(2, ended.filter((one) => one.status === "fulfilled").length);
      assert.equal(2, (await posts()).length);
    });

    it("refuses a price that nobody knows, unless that is allowed", async () => {
      const wan = { ...VEO, model: "wan/2-6-text-to-video" } as const;
      await assert.rejects(client({ maxCredits: 1000 }).submit(wan), BudgetExceeded);
      await client({ maxCredits: 1000, allowUnknownPrice: true }).submit(wan);
      assert.equal(1, (await posts()).length);
    });

    it("gets a refund back, and nothing of what may have been charged", async () => {
      const failing = under("failed", { maxCredits: VEO_CREDITS });
      await assert.rejects(failing.generate(VEO), TaskFailed);
      assert.equal(0, failing.creditsCommitted);
      const uncertain = under("lost-reply", { maxCredits: VEO_CREDITS });
      await assert.rejects(uncertain.submit(VEO), SubmissionUncertain);
      assert.equal(VEO_CREDITS, uncertain.creditsCommitted);
    });

    it("gets back what was refused", async () => {
      const refused = under("submit-403", { maxCredits: VEO_CREDITS });
      await assert.rejects(refused.submit(VEO), { name: "Forbidden" });
      assert.equal(0, refused.creditsCommitted);
    });
  });

  describe("an AbortSignal", () => {
    it("that was aborted before lets nothing out", async () => {
      const signal = AbortSignal.abort("enough");
      await assert.rejects(client().generate(VEO, { signal }), (error) => {
        assert.ok(error instanceof Aborted);
        assert.deepEqual(["AbortError", "enough", null], [error.name, error.cause, error.taskId]);
        return true;
      });
      assert.deepEqual([], await mock.requests());
    });

    it("while a submission is on its way makes it uncertain", async () => {
      const signal = AbortSignal.timeout(100);
      await assert.rejects(under("submit-slow-headers").generate(VEO, { signal }), (error) => {
        assert.ok(error instanceof SubmissionUncertain);
        assert.ok(error.cause instanceof Aborted);
        return true;
      });
      assert.equal(1, (await posts()).length);
    });

    it("ends a wait with the id of the task, which can be waited for again", async () => {
      const stop = new AbortController();
      const onUpdate = () => stop.abort();
      const error = await client()
        .generate(VEO, { signal: stop.signal, onUpdate })
        .catch((problem: unknown) => problem);
      assert.ok(error instanceof Aborted);
      assert.equal((await mock.ledger())[0]?.taskId, error.taskId);
      assert.equal(1, (await client().wait(error.taskId ?? "")).status);
    });

    it("ends a download without a trace", async () => {
      const slow = under("download-slow-body");
      const task = await slow.generate(VEO);
      const call = slow.download(task, join(folder, "cup.mp4"), { signal: AbortSignal.timeout(100) });
      await assert.rejects(call, { name: "AbortError", taskId: task.id });
      assert.deepEqual([], await files());
    });
  });

  describe("a wait", () => {
    it("can be followed with for await", async () => {
      const pending = await client().submit(VEO);
      const seen: number[] = [];
      for await (const { status } of client().updates(pending)) seen.push(status);
      assert.deepEqual([0, 1], seen);
    });

    it("tells statuses that are newer than this client, and goes on", async () => {
      const other = under("unknown-status");
      const seen: number[] = [];
      for await (const { status } of other.updates(await other.submit(VEO))) seen.push(status);
      assert.deepEqual([7, 1], seen);
    });

    it("ends at its timeout with the id, and without calling the task lost", async () => {
      const pending = await client().submit(VEO);
      await assert.rejects(client().wait(pending, { timeout: 20_000 }), (error) => {
        assert.ok(error instanceof WaitTimeout);
        assert.deepEqual([pending.id, 20_000 - 1_000], [error.taskId, error.waited]);
        assert.match(error.message, /^task tsk_\w+ had not ended after 19 s; wait again by its id$/);
        return true;
      });
    });

    it("waits a little for a refund that is late", async () => {
      const late = under("failed-late-refund");
      await assert.rejects(late.wait(await late.submit(VEO)), (error) => {
        assert.ok(error instanceof TaskFailed);
        assert.deepEqual(["EMPTY_RESULT", true], [error.code, error.refunded]);
        return true;
      });
    });

    it("of a task without an id is refused", async () => {
      await assert.rejects(client().wait(" "), InvalidRequest);
      await assert.rejects(client().get(""), InvalidRequest);
      assert.deepEqual([], await mock.requests());
    });
  });

  describe("a download", () => {
    it("takes a task, an id or a URL", async () => {
      const task = await client().generate(VEO);
      const sources = [task, task.id, task.videoUrl ?? ""];
      const saved = sources.map((source, number) => client().download(source, join(folder, `${number}.mp4`)));
      const videos = await Promise.all((await Promise.all(saved)).map((path) => readFile(path)));
      assert.deepEqual(videos[0], videos[1]);
      assert.deepEqual(videos[1], videos[2]);
    });

    it("leaves an existing file as it is until the new one is whole", async () => {
      const path = join(folder, "cup.mp4");
      await writeFile(path, "mine");
      const lost = under("download-404-always");
      const task = await client().generate(VEO);
      await assert.rejects(lost.generate(VEO, { saveTo: path, overwrite: true }), DownloadFailed);
      assert.equal("mine", await readFile(path, "utf8"));
      await client().download(task, path, { overwrite: true });
      assert.deepEqual(["cup.mp4"], await files());
      assert.notEqual("mine", await readFile(path, "utf8"));
    });

    it("is resumed only where it is still the same video", async () => {
      const server = await Scripted.start();
      try {
        const video = { "Content-Type": "video/mp4", ETag: '"one"' };
        const cut = reply(200, video, "01234").replace("Content-Length: 5", "Content-Length: 10");
        const other = reply(200, { "Content-Type": "video/mp4", ETag: '"two"' }, "another");
        server.replies = [cut, other];
        const path = await client().download(`${server.url}/cup.mp4`, join(folder, "cup.mp4"));
        assert.equal("another", await readFile(path, "utf8"));
        assert.match(server.seen[1] ?? "", /^range: bytes=5-\r$/im);
        assert.match(server.seen[1] ?? "", /^if-range: "one"\r$/im);
      } finally {
        await server.stop();
      }
    });

    it("never replaces a file that has come into being meanwhile", async () => {
      const saveTo = join(folder, "cup.mp4");
      const call = client().generate(VEO, { saveTo, onProgress: () => writeFileSync(saveTo, "mine") });
      await assert.rejects(call, { name: "DownloadFailed", message: /the file has come into being meanwhile/ });
      assert.equal("mine", await readFile(saveTo, "utf8"));
      assert.deepEqual(["cup.mp4"], await files());
    });

    it("into a folder that is gone says so, with the id of the task", async () => {
      const gone = join(folder, "gone");
      await mkdir(gone);
      const call = client().generate(VEO, {
        saveTo: join(gone, "cup.mp4"),
        onUpdate: () => rmSync(gone, { recursive: true, force: true }),
      });
      const error = await call.catch((problem: unknown) => problem);
      assert.ok(error instanceof DownloadFailed);
      assert.match(error.message, /ENOENT/);
      assert.equal((await mock.ledger())[0]?.taskId, error.taskId);
    });

    it("of a task that has not ended says so", async () => {
      const pending = await client().submit(VEO);
      const call = client().download(pending, join(folder, "cup.mp4"));
      await assert.rejects(call, { name: "DownloadFailed", taskId: pending.id, message: /it is not there yet/ });
    });

    it("of no web address is refused", async () => {
      const task = { ...(await client().submit(VEO)), videoUrl: "file:///etc/hostname" };
      await assert.rejects(client().download(task, join(folder, "cup.mp4")), DownloadFailed);
      assert.deepEqual([], await files());
    });
  });

  describe("the key", () => {
    const KEY = "a-real-key";

    it("is in no picture of a client", () => {
      const keyed = client({ apiKey: KEY });
      const shown = [inspect(keyed, { depth: null, showHidden: true }), JSON.stringify(keyed), String(keyed)];
      assert.deepEqual(
        [],
        shown.filter((text) => text.includes(KEY)),
      );
    });

    it("is in no error, even where a service echoes it", async () => {
      const server = await Scripted.start();
      try {
        server.replies = [jsonReply(401, { error: `no such key ${KEY}` }, { "X-Request-Id": KEY })];
        const keyed = client({ apiKey: KEY, baseUrl: server.url });
        const error = await keyed.submit(VEO).catch((problem: unknown) => problem);
        assert.ok(error instanceof Unauthorized);
        assert.equal("no such key [the key]", error.serviceMessage);
        assert.ok(!inspect(error, { depth: null, showHidden: true }).includes(KEY));
      } finally {
        await server.stop();
      }
    });
  });

  it("uses the caller's own fetch for everything", async () => {
    const asked: string[] = [];
    const own: typeof fetch = (input, init) => {
      asked.push(`${init?.method} ${new URL(String(input)).pathname.split("/")[1]}`);
      return fetch(input, init);
    };
    await client({ fetch: own }).generate(VEO, { saveTo: join(folder, "cup.mp4") });
    assert.deepEqual(["POST api", "GET api", "GET videos"], [...new Set(asked)]);
  });
});
