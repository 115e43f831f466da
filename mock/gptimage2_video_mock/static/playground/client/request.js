// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { MODELS, REQUEST_FIELDS } from "./generated/model-table.js";
export function modelRow(id) {
    return typeof id === "string" && Object.hasOwn(MODELS, id) ? MODELS[id] : undefined;
}
export function toWire(request) {
    if (typeof request !== "object" || request === null || Array.isArray(request))
        return null;
    return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
export function buildRequest(prompt, options) {
    const { model, inputMode, image, duration, aspectRatio, resolution, extra = {} } = options;
    const twice = REQUEST_FIELDS.filter((name) => Object.hasOwn(extra, name));
    if (twice.length)
        throw new TypeError(`extra names ${twice.join(", ")}; use the option of that field`);
    const inputImageUrls = image === undefined ? undefined : typeof image === "string" ? [image] : [...image];
    const fields = { prompt, model, inputMode: inputMode ?? inferredMode(model, !!inputImageUrls?.length) };
    return { ...toWire({ ...fields, inputImageUrls, aspectRatio, duration, resolution }), ...extra };
}
function inferredMode(model, hasImage) {
    const modes = modelRow(model)?.modes;
    return hasImage || (modes?.length === 1 && modes[0] === "image_to_video") ? "image_to_video" : "text_to_video";
}
