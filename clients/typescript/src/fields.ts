/** The fields of a request: which must be present, of which type, and whether JSON can carry them. */
import type { Violation } from "./errors.js";

/** A request in wire names. */
export type Fields = Readonly<Record<string, unknown>>;

const LONE_SURROGATE = /\p{Surrogate}/u;

export const isString = (value: unknown): value is string => typeof value === "string";
const FIELD_TYPES: Readonly<Record<string, readonly [check: (value: unknown) => boolean, description: string]>> = {
  prompt: [isString, "text"],
  model: [isString, "text"],
  inputMode: [isString, "text"],
  inputImageUrls: [(value) => Array.isArray(value) && value.every(isString), "a list of URLs"],
  aspectRatio: [isString, "text such as '16:9'"],
  duration: [Number.isInteger, "a whole number of seconds"],
  resolution: [isString, "text such as '720p'"],
};
const REQUIRED: Readonly<Record<string, string>> = {
  prompt: "say what the video shows",
  model: "name one of the models",
  inputMode: "set it to text_to_video or image_to_video",
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

/** The errors of fields that are missing, of another type, or that JSON cannot carry. */
export function checkFields(fields: Fields): readonly Violation[] {
  return [...missingFields(fields), ...typeErrors(fields), ...jsonErrors(fields)];
}

function* missingFields(fields: Fields): Iterable<Violation> {
  for (const [name, fix] of Object.entries(REQUIRED)) {
    if (!Object.hasOwn(fields, name)) yield error("required", name, `${name} is missing; ${fix}`);
  }
}

function* typeErrors(fields: Fields): Iterable<Violation> {
  for (const [name, [check, description]] of Object.entries(FIELD_TYPES)) {
    if (Object.hasOwn(fields, name) && !check(fields[name])) {
      yield error("type", name, `${name} must be ${description}, not ${truncateJson(fields[name])}`);
    }
  }
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
