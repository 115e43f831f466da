// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { COMMON_DURATIONS, IMAGE_URL_PATTERN, MODELS } from "./generated/model-table.js";
import { modelRow, toWire } from "./request.js";
const MODES = ["text_to_video", "image_to_video"];
const IMAGE_URL = new RegExp(IMAGE_URL_PATTERN, "u");
const ASPECT_RATIO = /^[1-9][0-9]*:[1-9][0-9]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const isText = (value) => typeof value === "string";
const TYPES = {
    prompt: [isText, "text"],
    model: [isText, "text"],
    inputMode: [isText, "text"],
    inputImageUrls: [(value) => Array.isArray(value) && value.every(isText), "a list of URLs"],
    aspectRatio: [isText, "text such as '16:9'"],
    duration: [Number.isInteger, "a whole number of seconds"],
    resolution: [isText, "text such as '720p'"],
};
const REQUIRED = {
    prompt: "say what the video shows",
    model: "name one of the models",
    inputMode: "set it to text_to_video or image_to_video",
};
export function check(request) {
    const wire = toWire(request);
    if (!wire)
        return [error("type", "", "a request is a JSON object with prompt, model and inputMode")];
    const broken = FORM.flatMap((rule) => [...rule(wire, undefined)]);
    const unreadable = new Set(broken.map((violation) => violation.field));
    const sound = Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, unreadable.has(name) ? null : value]));
    const model = modelRow(sound["model"]);
    return [...broken, ...RULES.flatMap((rule) => [...rule(sound, model)])];
}
const error = (code, field, message) => ({
    code,
    field,
    message,
    severity: "error",
});
const warning = (code, field, message) => ({
    ...error(code, field, message),
    severity: "warning",
});
function* required(wire) {
    for (const [name, fix] of Object.entries(REQUIRED)) {
        if (!Object.hasOwn(wire, name))
            yield error("required", name, `${name} is missing; ${fix}`);
    }
}
function* types(wire) {
    for (const [name, [fits, words]] of Object.entries(TYPES)) {
        if (Object.hasOwn(wire, name) && !fits(wire[name])) {
            yield error("type", name, `${name} must be ${words}, not ${shown(wire[name])}`);
        }
    }
}
function* json(wire) {
    for (const [name, value] of Object.entries(wire)) {
        try {
            if (JSON.stringify({ [name]: value }, sendable) === "{}")
                throw new TypeError("left out");
        }
        catch {
            yield error("not_json", name, `${name} cannot be sent: its value has no JSON form`);
        }
    }
}
function sendable(key, value) {
    if (typeof value === "number" && !Number.isFinite(value))
        throw new TypeError("not a number of JSON");
    if (LONE_SURROGATE.test(key) || (isText(value) && LONE_SURROGATE.test(value)))
        throw new TypeError("not Unicode");
    return value;
}
function* prompt(sound) {
    const text = sound["prompt"];
    if (text === "")
        yield error("prompt_empty", "prompt", "the prompt is empty; say what the video shows");
    else if (isText(text) && !text.trim()) {
        yield warning("prompt_blank", "prompt", "the prompt is only white space; say what the video shows");
    }
}
function* modelKnown(sound, model) {
    const name = sound["model"];
    if (!isText(name) || model)
        return;
    const near = Object.keys(MODELS).sort((a, b) => distance(name, a) - distance(name, b))[0] ?? "";
    const fix = distance(name, near) <= near.length / 3
        ? `did you mean ${near}?`
        : `the models are ${Object.keys(MODELS).join(", ")}`;
    yield error("model_unknown", "model", `there is no model ${shown(name)}; ${fix}`);
}
function* mode(sound, model) {
    const asked = sound["inputMode"];
    if (!isText(asked))
        return;
    if (!MODES.includes(asked)) {
        yield error("mode_unknown", "inputMode", `there is no mode ${shown(asked)}; the modes are ${MODES.join(" and ")}`);
    }
    else if (model && !model.modes.includes(asked)) {
        const other = Object.values(MODELS).find((row) => row.family === model.family && row.modes.includes(asked));
        const choose = other ? `, or choose ${other.id} for ${asked}` : "";
        yield error("mode_not_offered", "inputMode", `${model.id} does ${model.modes.join(" and ")} only; use that${choose}`);
    }
}
function* images(sound) {
    const field = "inputImageUrls";
    const urls = sound[field];
    const asked = sound["inputMode"];
    const bad = urls?.find((url) => !IMAGE_URL.test(url));
    if (bad !== undefined) {
        const what = bad.startsWith("data:") ? "data: URLs are not accepted" : "local files cannot be sent";
        yield error("image_not_a_url", field, `${shown(bad)} is not an http or https URL; ${what}, so put the image where the service can fetch it`);
    }
    if (asked === "image_to_video" && (urls === undefined || urls?.length === 0)) {
        yield error("image_missing", field, "image_to_video needs an image; give the http or https URL of one");
    }
    if (asked === "text_to_video" && urls?.length) {
        yield warning("images_ignored", field, "text_to_video does not use images; drop them, or use image_to_video");
    }
    if (asked === "image_to_video" && urls && urls.length > 1) {
        yield warning("extra_images_ignored", field, "only the first image is used; drop the others");
    }
}
function* duration(sound, model) {
    const seconds = sound["duration"];
    if (typeof seconds !== "number" || !model)
        return;
    const firm = model.durationsKnown === "page" || model.durationsKnown === "docs";
    const offered = firm ? model.durations : COMMON_DURATIONS;
    const fix = model.durations.length === 1 ? `drop duration or set it to ${offered[0]}` : "choose one";
    if (!offered.includes(seconds)) {
        const always = model.durations.length === 1 ? "always " : "";
        yield error("duration_not_offered", "duration", `${model.id} clips are ${always}${listed(offered)} seconds; ${fix}`);
    }
    else if (model.durations.length && !model.durations.includes(seconds)) {
        const priced = `the price table of ${model.id} has no ${seconds} s (${listed(model.durations)} are priced)`;
        yield warning("duration_unpriced", "duration", `${priced}; the price is unknown`);
    }
}
function* resolution(sound, model) {
    const asked = sound["resolution"];
    if (!isText(asked) || !model?.prices.length || model.resolutions.includes(asked))
        return;
    const priced = model.resolutions.length ? ` (${listed(model.resolutions)} are priced)` : "";
    const text = `the price table of ${model.id} has no resolution ${shown(asked)}${priced}; the price is unknown`;
    yield warning("resolution_unpriced", "resolution", text);
}
function* aspectRatio(sound) {
    const ratio = sound["aspectRatio"];
    if (isText(ratio) && !ASPECT_RATIO.test(ratio)) {
        yield warning("aspect_ratio_shape", "aspectRatio", `the aspect ratio ${shown(ratio)} is not of the form W:H; write it like 16:9`);
    }
}
const FORM = [required, types, json];
const RULES = [prompt, modelKnown, mode, images, duration, resolution, aspectRatio];
function listed(values) {
    return values.length < 2 ? values.join() : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
function shown(value) {
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
function distance(left, right) {
    let row = Array.from({ length: right.length + 1 }, (_, column) => column);
    [...left.toLowerCase()].forEach((letter, line) => {
        const next = [line + 1];
        [...right].forEach((other, column) => {
            const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
            next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
        });
        row = next;
    });
    return row.at(-1) ?? 0;
}
