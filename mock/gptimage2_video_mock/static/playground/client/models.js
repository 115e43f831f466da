// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { COMMON_DURATIONS, MODELS } from "./generated/model-table.js";
export function allowedDurations({ durations, durationsKnown }) {
    return durationsKnown === "page" || durationsKnown === "docs" ? durations : COMMON_DURATIONS;
}
export function findModel(id) {
    return typeof id === "string" && Object.hasOwn(MODELS, id) ? MODELS[id] : undefined;
}
