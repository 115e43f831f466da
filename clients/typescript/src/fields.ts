/** The fields of a request, by their schemas: which must be there, their types and limits, and whether JSON has them. */
import type { Violation } from "./errors.js";
import { type Field, FIELDS } from "./generated/request-fields.js";

/** A request in wire names. */
export type Fields = Readonly<Record<string, unknown>>;

const LONE_SURROGATE = /\p{Surrogate}/u;

export const isString = (value: unknown): value is string => typeof value === "string";

/** Of each JSON type: whether a value is of it, and its name in a sentence. */
const TYPES: Readonly<Record<Field["type"], readonly [isOfType: (value: unknown) => boolean, description: string]>> = {
  string: [isString, "text"],
  integer: [Number.isInteger, "a whole number"],
  number: [(value) => typeof value === "number", "a number"],
  boolean: [(value) => typeof value === "boolean", "true or false"],
  array: [(value) => Array.isArray(value) && value.every(isString), "a list of text"],
};

/** The request in wire names, fields that are undefined left out; null where it is no object. */
export function toWire(request: unknown): Record<string, unknown> | null {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return null;
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}

export function error(code: string, field: string, message: string): Violation {
  return { code, field, message, severity: "error" };
}

export function warning(code: string, field: string, message: string): Violation {
  return { code, field, message, severity: "warning" };
}

/** What keeps fields from being read: missing, of another type, beyond a limit, or without a JSON form. */
export function checkFields(wire: Fields, fields: Iterable<Field> = Object.values(FIELDS)): readonly Violation[] {
  return [...[...fields].flatMap((field) => [...fieldErrors(wire, field)]), ...jsonErrors(wire)];
}

function* fieldErrors(wire: Fields, field: Field): Iterable<Violation> {
  const { name } = field;
  if (!Object.hasOwn(wire, name)) {
    if (field.required) yield error("required", name, `${name} is missing: ${field.description.replace(/\.$/, "")}`);
    return;
  }
  const value = wire[name];
  const [isOfType, description] = TYPES[field.type];
  const must = (code: string, demand: string) =>
    error(code, name, `${name} must ${demand}, not ${truncateJson(value)}`);
  if (isOfType(value)) {
    for (const [keyword, holds, demand] of limits(field)) if (!holds(value)) yield must(keyword, demand);
  } else if (!(field.nullable && value === null)) {
    const example = field.example === undefined ? "" : ` such as ${truncateJson(field.example)}`;
    yield must("type", `be ${description}${example}`);
  }
}

/** Each limit of a field: the keyword of JSON Schema, whether a value keeps to it, and what it demands. */
function* limits(field: Field): Iterable<readonly [string, (value: unknown) => boolean, string]> {
  const { enum: values, minimum, maximum, pattern } = field;
  if (values) yield ["enum", (value) => values.includes(value), `be ${joinOr(values)}`];
  if (minimum !== undefined) yield ["minimum", (value) => Number(value) >= minimum, `be at least ${minimum}`];
  if (maximum !== undefined) yield ["maximum", (value) => Number(value) <= maximum, `be at most ${maximum}`];
  if (pattern) yield ["pattern", (value) => new RegExp(pattern, "u").test(String(value)), `match ${pattern}`];
}

/** Values as a sentence offers them. */
export function joinOr(values: readonly unknown[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

function* jsonErrors(fields: Fields): Iterable<Violation> {
  for (const [name, value] of Object.entries(fields)) {
    try {
      if (JSON.stringify({ [name]: value }, refuseLossy) === "{}") throw new TypeError("left out");
    } catch {
      yield error("not_json", name, `${name} cannot be sent: its value has no JSON form`);
    }
  }
}

// JSON.stringify would send NaN as null, and a lone surrogate as an escape that the service refuses.
function refuseLossy(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("not a number of JSON");
  if (LONE_SURROGATE.test(key) || (isString(value) && LONE_SURROGATE.test(value))) throw new TypeError("not Unicode");
  return value;
}

/** A value as JSON, at most 60 characters of it, for messages. */
export function truncateJson(value: unknown): string {
  const text =
    typeof value === "bigint" || typeof value === "symbol" ? String(value) : (safeJson(value) ?? typeof value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
