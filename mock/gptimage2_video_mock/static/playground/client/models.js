// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { COMMON_DURATIONS, MODELS } from "./generated/model-table.js";
export function allowedDurations({ durations, durationsKnown }) {
    return durationsKnown === "page" || durationsKnown === "docs" ? durations : COMMON_DURATIONS;
}
export function isRange(durations) {
    const [first = 0] = durations;
    return durations.length > 2 && durations.every((seconds, index) => seconds === first + index);
}
export function findModel(id) {
    return typeof id === "string" && Object.hasOwn(MODELS, id) ? MODELS[id] : undefined;
}
