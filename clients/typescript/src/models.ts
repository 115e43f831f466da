/** The model table, as the rest of the client reads it. */
import { COMMON_DURATIONS, type Model, MODELS } from "./generated/model-table.js";

export type ModelId = keyof typeof MODELS;

/** The seconds that a model takes: the documented ones, any of a range, else the documentation's common values. */
export type DurationOf<M extends ModelId> = (typeof MODELS)[M] extends {
  readonly durationsKnown: "page" | "docs";
  readonly durations: readonly (infer Seconds)[];
}
  ? Seconds
  : (typeof COMMON_DURATIONS)[number];

/** The same at run time. */
export function allowedDurations({ durations, durationsKnown }: Model): readonly number[] {
  return durationsKnown === "page" || durationsKnown === "docs" ? durations : COMMON_DURATIONS;
}

/** Whether durations are those of a range: more than two that follow one another. */
export function isRange(durations: readonly number[]): boolean {
  const [first = 0] = durations;
  return durations.length > 2 && durations.every((seconds, index) => seconds === first + index);
}

/** The row of a model, or undefined where the table has none. */
export function findModel(id: unknown): Model | undefined {
  return typeof id === "string" && Object.hasOwn(MODELS, id) ? MODELS[id as ModelId] : undefined;
}
