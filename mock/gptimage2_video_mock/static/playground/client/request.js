// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { InvalidRequest } from "./errors.js";
import { toWire } from "./fields.js";
import { FIELDS } from "./generated/request-fields.js";
import { findModel } from "./models.js";
import { quotePrepared } from "./pricing.js";
import { check } from "./rules.js";
const NO_OPTIONS = ["prompt", "inputImageUrls"];
export function prepare(request, options = {}, modelOptions = {}) {
    const names = Object.keys(options);
    if (typeof request !== "string" && names.length)
        throw new TypeError(`a whole request takes no further options: ${names.join(", ")}`);
    const wanted = typeof request === "string" ? buildRequest(request, options, modelOptions) : request;
    const violations = check(wanted, modelOptions);
    const errors = violations.filter((violation) => violation.severity === "error");
    if (errors.length)
        throw new InvalidRequest(errors);
    const body = toWire(wanted) ?? {};
    return { body, quote: quotePrepared(body, modelOptions), warnings: violations };
}
export function buildRequest(prompt, options, modelOptions = {}) {
    const { model, inputMode, image, extra = {}, ...fields } = options;
    const unknown = Object.keys(fields).filter((name) => !Object.hasOwn(FIELDS, name) || NO_OPTIONS.includes(name));
    if (unknown.length)
        throw new TypeError(`unknown option ${unknown.join(", ")}`);
    const duplicates = Object.keys(FIELDS).filter((name) => Object.hasOwn(extra, name));
    if (duplicates.length)
        throw new TypeError(`extra names ${duplicates.join(", ")}; use the option of that field`);
    const inputImageUrls = image === undefined ? undefined : typeof image === "string" ? [image] : [...image];
    const mode = inputMode ?? inferMode(findModel(model, modelOptions.models), !!inputImageUrls?.length);
    const values = { ...fields, prompt, model, inputMode: mode, inputImageUrls };
    return { ...toWire(Object.fromEntries(Object.keys(FIELDS).map((name) => [name, values[name]]))), ...extra };
}
function inferMode(model, hasImage) {
    const modes = model?.modes;
    return hasImage || (modes?.length === 1 && modes[0] === "image_to_video") ? "image_to_video" : "text_to_video";
}
