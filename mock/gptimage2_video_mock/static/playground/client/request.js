// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { InvalidRequest } from "./errors.js";
import { toWire } from "./fields.js";
import { REQUEST_FIELDS } from "./generated/model-table.js";
import { findModel } from "./models.js";
import { quotePrepared } from "./pricing.js";
import { check } from "./rules.js";
export function prepare(request, options = {}) {
    const wanted = typeof request === "string" ? buildRequest(request, options) : request;
    const violations = check(wanted);
    const errors = violations.filter((violation) => violation.severity === "error");
    if (errors.length)
        throw new InvalidRequest(errors);
    const body = toWire(wanted) ?? {};
    return { body, quote: quotePrepared(body), warnings: violations };
}
export function buildRequest(prompt, options) {
    const { model, inputMode, image, duration, aspectRatio, resolution, extra = {} } = options;
    const duplicates = REQUEST_FIELDS.filter((name) => Object.hasOwn(extra, name));
    if (duplicates.length)
        throw new TypeError(`extra names ${duplicates.join(", ")}; use the option of that field`);
    const inputImageUrls = image === undefined ? undefined : typeof image === "string" ? [image] : [...image];
    const fields = { prompt, model, inputMode: inputMode ?? inferMode(model, !!inputImageUrls?.length) };
    return { ...toWire({ ...fields, inputImageUrls, aspectRatio, duration, resolution }), ...extra };
}
function inferMode(model, hasImage) {
    const modes = findModel(model)?.modes;
    return hasImage || (modes?.length === 1 && modes[0] === "image_to_video") ? "image_to_video" : "text_to_video";
}
