// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { checkFields, error, isString, joinOr, toWire, truncateJson, warning } from "./fields.js";
import { IMAGE_URL_PATTERN, MODELS } from "./generated/model-table.js";
import { allowedDurations, findModel, joinSeconds } from "./models.js";
const MODES = ["text_to_video", "image_to_video"];
const IMAGE_URL = new RegExp(IMAGE_URL_PATTERN, "u");
const ASPECT_RATIO = /^[1-9][0-9]*:[1-9][0-9]*$/;
const WAYS_OUT = "send a newer one with allowUnknownModel, or with a row of your own (parseModels)";
export function check(request, options = {}) {
    const { models = MODELS, allowUnknownModel = false } = options;
    const wire = toWire(request);
    if (!wire)
        return [error("type", "", "a request is a JSON object with prompt, model and inputMode")];
    const violations = checkFields(wire);
    const fields = dropInvalid(wire, violations);
    const model = findModel(fields["model"], models);
    const found = [...violations, ...RULES.flatMap((rule) => [...rule(fields, model, models)])];
    return allowUnknownModel && !model
        ? found.map((one) => (one.code === "model_unknown" ? sentUnchecked(wire) : one))
        : found;
}
function sentUnchecked(wire) {
    const name = truncateJson(wire["model"]);
    const text = `${name} is none of the models known here: it is sent as it is, and its price is unknown`;
    return warning("model_unknown", "model", text);
}
function dropInvalid(fields, violations) {
    const invalid = new Set(violations.map((violation) => violation.field));
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, invalid.has(name) ? null : value]));
}
function* prompt(fields) {
    const text = fields["prompt"];
    if (text === "")
        yield error("prompt_empty", "prompt", "the prompt is empty; say what the video shows");
    else if (isString(text) && !text.trim()) {
        yield warning("prompt_blank", "prompt", "the prompt is only white space; say what the video shows");
    }
}
function* modelExists(fields, model, models) {
    const name = fields["model"];
    if (model?.note?.known === "sure") {
        const fact = `${model.family}: ${model.note.text} (${model.note.date})`;
        yield warning("model_ended", "model", `${fact}; whether this service still serves ${model.id} is unknown`);
    }
    if (!isString(name) || model)
        return;
    const closest = Object.keys(models).sort((a, b) => distance(name, a) - distance(name, b))[0] ?? "";
    const fix = distance(name, closest) <= closest.length / 3
        ? `did you mean ${closest}?`
        : `the models are ${Object.keys(models).join(", ")}`;
    yield error("model_unknown", "model", `there is no model ${truncateJson(name)} (${fix}); ${WAYS_OUT}`);
}
function* mode(fields, model, models) {
    const inputMode = fields["inputMode"];
    if (!isString(inputMode))
        return;
    if (!MODES.includes(inputMode)) {
        yield error("mode_unknown", "inputMode", `there is no mode ${truncateJson(inputMode)}; the modes are ${MODES.join(" and ")}`);
    }
    else if (model && !model.modes.includes(inputMode)) {
        const other = Object.values(models).find((row) => row.family === model.family && row.modes.includes(inputMode));
        const alternative = other ? `, or choose ${other.id} for ${inputMode}` : "";
        yield error("mode_not_offered", "inputMode", `${model.id} does ${model.modes.join(" and ")} only; use that${alternative}`);
    }
}
function* images(fields) {
    const field = "inputImageUrls";
    const urls = fields[field];
    const inputMode = fields["inputMode"];
    const invalid = urls?.find((url) => !IMAGE_URL.test(url));
    if (invalid !== undefined) {
        const reason = invalid.startsWith("data:") ? "data: URLs are not accepted" : "local files cannot be sent";
        yield error("image_not_a_url", field, `${truncateJson(invalid)} is not an http or https URL; ${reason}, so put the image where the service can fetch it`);
    }
    if (inputMode === "image_to_video" && (urls === undefined || urls?.length === 0)) {
        yield error("image_missing", field, "image_to_video needs an image; give the http or https URL of one");
    }
    if (inputMode === "text_to_video" && urls?.length) {
        yield warning("images_ignored", field, "text_to_video does not use images; drop them, or use image_to_video");
    }
    if (inputMode === "image_to_video" && urls && urls.length > 1) {
        yield warning("extra_images_ignored", field, "only the first image is used; drop the others");
    }
}
function* duration(fields, model) {
    const seconds = fields["duration"];
    if (typeof seconds !== "number" || !model)
        return;
    const allowed = allowedDurations(model);
    const isOnly = allowed.length === 1;
    const fix = isOnly ? `drop duration or set it to ${allowed[0]}` : "choose one";
    if (allowed.length && !allowed.includes(seconds)) {
        const lengths = `${isOnly ? "always " : ""}${joinSeconds(allowed)}`;
        yield error("duration_not_offered", "duration", `${model.id} clips are ${lengths} seconds; ${fix}`);
    }
    else if (model.durations.length && model.prices.length && !model.durations.includes(seconds)) {
        const priced = `the price table of ${model.id} has no ${seconds} s (${joinSeconds(model.durations)} are priced)`;
        yield warning("duration_unpriced", "duration", `${priced}; the price is unknown`);
    }
}
function* resolution(fields, model) {
    const name = fields["resolution"];
    if (!isString(name) || !model || model.resolutions.includes(name))
        return;
    if (model.resolutions.length && model.resolutionsKnown === "user") {
        const text = `${model.id} clips are ${joinOr(model.resolutions)}; choose one`;
        yield error("resolution_not_offered", "resolution", text);
        return;
    }
    if (!model.prices.length)
        return;
    const priced = model.resolutions.length ? ` (${joinOr(model.resolutions)} are priced)` : "";
    const text = `the price table of ${model.id} has no resolution ${truncateJson(name)}${priced}; the price is unknown`;
    yield warning("resolution_unpriced", "resolution", text);
}
function* aspectRatio(fields) {
    const ratio = fields["aspectRatio"];
    if (isString(ratio) && !ASPECT_RATIO.test(ratio)) {
        yield warning("aspect_ratio_shape", "aspectRatio", `the aspect ratio ${truncateJson(ratio)} is not of the form W:H; write it like 16:9`);
    }
}
const RULES = [prompt, modelExists, mode, images, duration, resolution, aspectRatio];
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
