/** The package as it would be published: packed, installed into an empty folder, and the README's examples run with it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Mock } from "./support/mock.js";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TSC = join(ROOT, "node_modules", "typescript", "bin", "tsc");

describe("the package", () => {
  let folder: string;
  let mock: Mock;
  let examples: string[];

  before(async () => {
    mock = await Mock.start({ speed: 1000 });
    folder = await mkdtemp(join(tmpdir(), "package-"));
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: ROOT });
    const archive = /gptimage2-video-[\w.-]+\.tgz/.exec(stdout)?.[0] ?? "";
    await writeFile(join(folder, "package.json"), '{"type": "module"}');
    await run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, archive)], { cwd: folder });
    const readme = await readFile(join(ROOT, "README.md"), "utf8");
    examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((block) => block[1] ?? "");
    await Promise.all(examples.map((text, number) => writeFile(join(folder, `example${number}.ts`), text)));
  });
  after(async () => {
    await mock.stop();
    await rm(folder, { recursive: true });
  });

  it("has no dependency", async () => {
    const installed = (await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith("."));
    assert.deepEqual(["gptimage2-video"], installed);
  });

  it("contains no tests and no tools", async () => {
    const files = await readdir(join(folder, "node_modules", "gptimage2-video"));
    assert.deepEqual(["LICENSE", "README.md", "dist", "package.json", "src"], files.sort());
  });

  it("has types for the examples of the README", async () => {
    const options = "--strict --exactOptionalPropertyTypes --target ES2022 --module NodeNext --outDir .".split(" ");
    const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules", "@types")];
    const files = examples.map((_, number) => `example${number}.ts`);
    await run(process.execPath, [TSC, ...options, ...types, ...files], { cwd: folder });
  });

  it("runs the examples of the README", async () => {
    const env = { ...process.env, GPTIMAGE2_API_KEY: "test-key", GPTIMAGE2_BASE_URL: mock.url };
    const runs = examples.map((_, number) => run(process.execPath, [`example${number}.js`], { cwd: folder, env }));
    const outputs = (await Promise.all(runs)).map(({ stdout }) => stdout.trim().split("\n"));
    assert.equal("boat.mp4 9", outputs[0]?.at(-1));
    assert.deepEqual(["veo3 clips are always 8 seconds; drop duration or set it to 8", "63"], outputs[1]);
    assert.match(outputs[2]?.at(-1) ?? "", /^tsk_\w+ 1$/);
    const videos = (await readdir(folder)).filter((name) => name.endsWith(".mp4"));
    assert.deepEqual(["boat.mp4", "steam.mp4"], videos.sort());
  });
});
