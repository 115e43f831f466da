/** The model table: the rows of the spec, and rows of the user's own for models that this release does not know. */
import { type InvalidRequest, invalidSetting } from "./errors.js";
import { isString, joinOr, truncateJson } from "./fields.js";
import { COMMON_DURATIONS, type Model, MODELS, type Price } from "./generated/model-table.js";

export type ModelId = keyof typeof MODELS;

/** Models by their ids, such as `{ ...MODELS, ...parseModels(text) }`. */
export type ModelTable = Readonly<Record<string, Model>>;

/** What requests are checked and priced by. */
export interface ModelOptions {
  /** The table; default: `MODELS`. */
  models?: ModelTable | undefined;
  /** Whether a model outside the table is no error but a warning; default: false. */
  allowUnknownModel?: boolean | undefined;
}

/** The seconds that a model takes: the documented ones, any of a range, else the documentation's common values. */
export type DurationOf<M extends ModelId> = (typeof MODELS)[M] extends {
  readonly durationsKnown: "page" | "docs";
  readonly durations: readonly (infer Seconds)[];
}
  ? Seconds
  : (typeof COMMON_DURATIONS)[number];

/** The same at run time; none where the user's own row leaves them out. */
export function allowedDurations({ durations, durationsKnown }: Model): readonly number[] {
  return ["page", "docs", "user"].includes(durationsKnown) ? durations : COMMON_DURATIONS;
}

/** Whether durations are those of a range: more than two that follow one another. */
export function isRange(durations: readonly number[]): boolean {
  const [first = 0] = durations;
  return durations.length > 2 && durations.every((seconds, index) => seconds === first + index);
}

/** Durations as a sentence offers them. */
export function joinSeconds(durations: readonly number[]): string {
  return isRange(durations) ? `${durations[0]} to ${durations.at(-1)}` : joinOr(durations);
}

/** The row of a model, or undefined where the table has none. */
export function findModel(id: unknown, models: ModelTable = MODELS): Model | undefined {
  return isString(id) && Object.hasOwn(models, id) ? models[id] : undefined;
}

/** What a value must be, and how a sentence says it. */
type Kind<T> = readonly [isRight: (value: unknown) => value is T, description: string];

const ID: Kind<string> = [(it): it is string => isString(it) && it !== "" && it === it.trim(), "a text"];
const MODE: Kind<string> = [
  (it) => it === "text_to_video" || it === "image_to_video",
  "text_to_video or image_to_video",
];
const SECONDS: Kind<number> = [
  (it): it is number => isWhole(it) && it > 0 && it <= 86_400,
  "a whole number of seconds from 1 to 86400",
];
const CREDITS: Kind<number> = [(it): it is number => isWhole(it) && it >= 0, "a whole number of credits, 0 or more"];
const LIST: Kind<readonly unknown[]> = [(it) => Array.isArray(it), "an array"];
const OBJECT: Kind<Readonly<Record<string, unknown>>> = [
  (it): it is Readonly<Record<string, unknown>> => typeof it === "object" && it !== null && !Array.isArray(it),
  "an object",
];

/**
 * The rows of a models file, by their ids, to join to a table: `{ ...MODELS, ...parseModels(text) }`.
 *
 * The file is a JSON array of rows such as `{"id": "kling/v3", "modes": ["text_to_video"], "durations": {"min": 3,
 * "max": 15}, "resolutions": ["720p"], "prices": [{"duration": 5, "resolution": "720p", "credits": 30}]}`. Durations
 * are whole seconds, a list or a range. All but `id` and `modes` may be left out: durations and resolutions are then
 * not checked, and the price is unknown.
 *
 * @throws InvalidRequest The text has a mistake; the sentence names the row and the field.
 */
export function parseModels(text: string): ModelTable {
  let rows: unknown;
  try {
    rows = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw mistake(` is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!LIST[0](rows)) throw mistake(" is not a JSON array of rows");
  const models: Record<string, Model> = {};
  for (const [index, row] of rows.entries()) {
    const refuse = (message: string): never => {
      throw mistake(`, row ${index + 1}: ${message}`);
    };
    const model = new Row(refuse).model(row);
    if (Object.hasOwn(models, model.id)) refuse(`id: an earlier row is ${model.id} too`);
    models[model.id] = model;
  }
  return models;
}

function mistake(message: string): InvalidRequest {
  return invalidSetting("models", `the models file${message}`);
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

/** Reads one row; `refuse` throws, and names it. */
class Row {
  constructor(private readonly refuse: (message: string) => never) {}

  model(row: unknown): Model {
    const fields = this.#object("the row", row, ["id", "modes"], ["durations", "resolutions", "prices"]);
    const id = this.#value("id", fields["id"], ID);
    const modes = this.#values("modes", fields["modes"], MODE);
    if (!modes.length) this.refuse("modes: there is none; give text_to_video, image_to_video or both");
    const durations = this.#durations(fields["durations"] ?? []);
    const resolutions = this.#values("resolutions", fields["resolutions"] ?? [], ID);
    const prices: Price[] = [];
    for (const each of this.#value("prices", fields["prices"] ?? [], LIST)) {
      const price = this.#price(each);
      const { duration, resolution } = price;
      if (durations.length && !durations.includes(duration))
        this.refuse(`prices: ${duration} is none of the row's durations, ${joinSeconds(durations)}`);
      if (resolutions.length && resolution !== null && !resolutions.includes(resolution))
        this.refuse(`prices: ${resolution} is none of the row's resolutions, ${joinOr(resolutions)}`);
      if (prices.some((other) => other.duration === duration && other.resolution === resolution))
        this.refuse(`prices: two are for ${duration} s${resolution ? ` ${resolution}` : ""}`);
      prices.push(price);
    }
    const known = {
      modesKnown: "user",
      durationsKnown: "user",
      resolutionsKnown: "user",
      pricesKnown: "user",
    } as const;
    return { id, family: id, label: id, modes, durations, resolutions, prices, ...known };
  }

  #durations(value: unknown): readonly number[] {
    if (!OBJECT[0](value)) return this.#values("durations", value, SECONDS);
    const limits = this.#object("durations", value, ["min", "max"]);
    const first = this.#value("durations: min", limits["min"], SECONDS);
    const last = this.#value("durations: max", limits["max"], SECONDS);
    if (first > last) this.refuse(`durations: min ${first} is above max ${last}`);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  #price(value: unknown): Price {
    const fields = this.#object("prices", value, ["duration", "credits"], ["resolution"]);
    const { resolution = null } = fields;
    return {
      duration: this.#value("prices: duration", fields["duration"], SECONDS),
      resolution: resolution === null ? null : this.#value("prices: resolution", resolution, ID),
      credits: this.#value("prices: credits", fields["credits"], CREDITS),
    };
  }

  #object(field: string, value: unknown, required: readonly string[], optional: readonly string[] = []) {
    const fields = this.#value(field, value, OBJECT);
    const names = [...required, ...optional];
    const unknown = Object.keys(fields).find((name) => !names.includes(name));
    if (unknown !== undefined)
      this.refuse(`${field}: there is no field ${truncateJson(unknown)}; the fields are ${names.join(", ")}`);
    const missing = required.find((name) => !Object.hasOwn(fields, name));
    if (missing) this.refuse(`${field}: ${missing} is missing`);
    return fields;
  }

  #values<T>(field: string, value: unknown, kind: Kind<T>): readonly T[] {
    return [...new Set(this.#value(field, value, LIST).map((each) => this.#value(field, each, kind)))];
  }

  #value<T>(field: string, value: unknown, [isRight, description]: Kind<T>): T {
    return isRight(value) ? value : this.refuse(`${field}: ${truncateJson(value)} is not ${description}`);
  }
}
