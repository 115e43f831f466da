// Compiled from clients/typescript by `make generate-typescript`; never edited.
const LONE_SURROGATE = /\p{Surrogate}/u;
export const isString = (value) => typeof value === "string";
const FIELD_TYPES = {
    prompt: [isString, "text"],
    model: [isString, "text"],
    inputMode: [isString, "text"],
    inputImageUrls: [(value) => Array.isArray(value) && value.every(isString), "a list of URLs"],
    aspectRatio: [isString, "text such as '16:9'"],
    duration: [Number.isInteger, "a whole number of seconds"],
    resolution: [isString, "text such as '720p'"],
};
const REQUIRED = {
    prompt: "say what the video shows",
    model: "name one of the models",
    inputMode: "set it to text_to_video or image_to_video",
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
export function checkFields(fields) {
    return [...missingFields(fields), ...typeErrors(fields), ...jsonErrors(fields)];
}
function* missingFields(fields) {
    for (const [name, fix] of Object.entries(REQUIRED)) {
        if (!Object.hasOwn(fields, name))
            yield error("required", name, `${name} is missing; ${fix}`);
    }
}
function* typeErrors(fields) {
    for (const [name, [check, description]] of Object.entries(FIELD_TYPES)) {
        if (Object.hasOwn(fields, name) && !check(fields[name])) {
            yield error("type", name, `${name} must be ${description}, not ${truncateJson(fields[name])}`);
        }
    }
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
