// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { FIELDS } from "./generated/request-fields.js";
const LONE_SURROGATE = /\p{Surrogate}/u;
export const isString = (value) => typeof value === "string";
const TYPES = {
    string: [isString, "text"],
    integer: [Number.isInteger, "a whole number"],
    number: [(value) => typeof value === "number", "a number"],
    boolean: [(value) => typeof value === "boolean", "true or false"],
    array: [(value) => Array.isArray(value) && value.every(isString), "a list of text"],
};
export function toWire(request) {
    if (typeof request !== "object" || request === null || Array.isArray(request))
        return null;
    return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
export function error(code, field, message) {
    return { code, field, message, severity: "error" };
}
export function warning(code, field, message) {
    return { code, field, message, severity: "warning" };
}
export function checkFields(wire, fields = Object.values(FIELDS)) {
    return [...[...fields].flatMap((field) => [...fieldErrors(wire, field)]), ...jsonErrors(wire)];
}
function* fieldErrors(wire, field) {
    const { name } = field;
    if (!Object.hasOwn(wire, name)) {
        if (field.required)
            yield error("required", name, `${name} is missing: ${field.description.replace(/\.$/, "")}`);
        return;
    }
    const value = wire[name];
    const [isOfType, description] = TYPES[field.type];
    const must = (code, demand) => error(code, name, `${name} must ${demand}, not ${truncateJson(value)}`);
    if (isOfType(value)) {
        for (const [keyword, holds, demand] of limits(field))
            if (!holds(value))
                yield must(keyword, demand);
    }
    else if (!(field.nullable && value === null)) {
        const example = field.example === undefined ? "" : ` such as ${truncateJson(field.example)}`;
        yield must("type", `be ${description}${example}`);
    }
}
function* limits(field) {
    const { enum: values, minimum, maximum, pattern } = field;
    if (values)
        yield ["enum", (value) => values.includes(value), `be ${joinOr(values)}`];
    if (minimum !== undefined)
        yield ["minimum", (value) => Number(value) >= minimum, `be at least ${minimum}`];
    if (maximum !== undefined)
        yield ["maximum", (value) => Number(value) <= maximum, `be at most ${maximum}`];
    if (pattern)
        yield ["pattern", (value) => new RegExp(pattern, "u").test(String(value)), `match ${pattern}`];
}
export function joinOr(values) {
    return values.length < 2 ? values.join() : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
function* jsonErrors(fields) {
    for (const [name, value] of Object.entries(fields)) {
        try {
            if (JSON.stringify({ [name]: value }, refuseLossy) === "{}")
                throw new TypeError("left out");
        }
        catch {
            yield error("not_json", name, `${name} cannot be sent: its value has no JSON form`);
        }
    }
}
function refuseLossy(key, value) {
    if (typeof value === "number" && !Number.isFinite(value))
        throw new TypeError("not a number of JSON");
    if (LONE_SURROGATE.test(key) || (isString(value) && LONE_SURROGATE.test(value)))
        throw new TypeError("not Unicode");
    return value;
}
export function truncateJson(value) {
    const text = typeof value === "bigint" || typeof value === "symbol" ? String(value) : (safeJson(value) ?? typeof value);
    return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
function safeJson(value) {
    try {
        return JSON.stringify(value);
    }
    catch {
        return undefined;
    }
}
