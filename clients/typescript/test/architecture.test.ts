/** What may import what. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));
const IMPORT = /(?:from |import\(|import )"([^"]+)"/g;

/** The imports of each file, as paths below src or names of packages. */
const IMPORTS = new Map(
  readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file): [string, readonly string[]] => {
      const names = [...readFileSync(join(SOURCE, file), "utf8").matchAll(IMPORT)].map(([, name]) => name ?? "");
      return [file, names.map((name) => resolve(file, name))];
    }),
);

function resolve(file: string, name: string): string {
  return name.startsWith(".") ? normalize(join(dirname(file), name)).replace(/\.js$/, ".ts") : name;
}

/** Everything that is reached from one node of a graph. */
function reach(graph: ReadonlyMap<string, Iterable<string>>, start: string): Set<string> {
  const reached = new Set<string>();
  const visit = (node: string): void => {
    for (const next of graph.get(node) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  visit(start);
  return reached;
}

/** The folder; the top holds the values, and the client above all rooms. */
function roomOf(file: string): string {
  if (dirname(file) !== ".") return file.split("/")[0] ?? "";
  return ["client.ts", "index.ts"].includes(file) ? "client" : "values";
}

const circles = (graph: ReadonlyMap<string, Iterable<string>>) =>
  [...graph.keys()].filter((node) => reach(graph, node).has(node));

describe("the source", () => {
  it("has no import circle of files", () => assert.deepEqual([], circles(IMPORTS)));

  it("has no import circle of rooms", () => {
    const graph = new Map<string, Set<string>>();
    for (const [file, names] of IMPORTS) {
      const others = names.filter((name) => IMPORTS.has(name)).map(roomOf);
      graph.set(roomOf(file), new Set([...(graph.get(roomOf(file)) ?? []), ...others]));
    }
    for (const [room, others] of graph) others.delete(room);
    assert.deepEqual([], circles(graph));
  });

  it("does no I/O in the values and in flow", () => {
    const pure = [...IMPORTS.keys()].filter((file) => !["client", "generated", "transport"].includes(roomOf(file)));
    const doesIo = (name: string) => !IMPORTS.has(name) || roomOf(name) === "transport";
    assert.deepEqual(
      [],
      pure.filter((file) => [...reach(IMPORTS, file)].some(doesIo)),
    );
  });
});
