/** The vectors of the repository, which hold every client to the documentation. */
import { readFileSync } from "node:fs";
import type { Violation } from "../../src/index.js";

type Json = Readonly<Record<string, unknown>>;

interface Case<Given, Expected> {
  readonly id: string;
  readonly given: Given;
  readonly expected: Expected;
}

export type RuleCase = Case<{ request: Json }, { accepted: boolean; problems: readonly Omit<Violation, "message">[] }>;
export type PriceCase = Case<{ request: Json }, { credits: number | null }>;
export type ModelsCase = Case<
  { file: string; request?: Json; allowUnknownModel?: true },
  {
    error?: string;
    models?: readonly Json[];
    problems?: readonly Omit<Violation, "message">[];
    credits?: number | null;
  }
>;
export type SnapshotCase = Case<{ body: Json; baseUrl?: string }, { task: Json }>;
export type ErrorCase = Case<
  { operation: "generateVideo" | "getTask"; status: number; headers: Readonly<Record<string, string>>; body: string },
  Json & { error: string; status: number }
>;
export type ScenarioCase = Case<
  { scenario: string },
  { ends: string; submissions: number; accepted: number; taskKnown: boolean; saved: boolean }
>;

const read = <T>(name: string): readonly T[] => {
  const file = new URL(`../../../../../vectors/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: T[] }).cases;
};

export const rules = read<RuleCase>("rules");
export const prices = read<PriceCase>("prices");
export const models = read<ModelsCase>("models");
export const errors = read<ErrorCase>("errors");
export const snapshots = read<SnapshotCase>("snapshots");
export const scenarios = read<ScenarioCase>("scenarios");
