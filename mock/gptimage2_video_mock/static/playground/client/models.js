// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { invalidSetting } from "./errors.js";
import { isString, joinOr, truncateJson } from "./fields.js";
import { COMMON_DURATIONS, MODELS } from "./generated/model-table.js";
export function allowedDurations({ durations, durationsKnown }) {
    return ["page", "docs", "user"].includes(durationsKnown) ? durations : COMMON_DURATIONS;
}
export function isRange(durations) {
    const [first = 0] = durations;
    return durations.length > 2 && durations.every((seconds, index) => seconds === first + index);
}
export function joinSeconds(durations) {
    return isRange(durations) ? `${durations[0]} to ${durations.at(-1)}` : joinOr(durations);
}
export function findModel(id, models = MODELS) {
    return isString(id) && Object.hasOwn(models, id) ? models[id] : undefined;
}
const ID = [(it) => isString(it) && it !== "" && it === it.trim(), "a text"];
const MODE = [
    (it) => it === "text_to_video" || it === "image_to_video",
    "text_to_video or image_to_video",
];
const SECONDS = [
    (it) => isWhole(it) && it > 0 && it <= 86_400,
    "a whole number of seconds from 1 to 86400",
];
const CREDITS = [(it) => isWhole(it) && it >= 0, "a whole number of credits, 0 or more"];
const LIST = [(it) => Array.isArray(it), "an array"];
const OBJECT = [
    (it) => typeof it === "object" && it !== null && !Array.isArray(it),
    "an object",
];
export function parseModels(text) {
    let rows;
    try {
        rows = JSON.parse(text.replace(/^\uFEFF/, ""));
    }
    catch (error) {
        throw mistake(` is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!LIST[0](rows))
        throw mistake(" is not a JSON array of rows");
    const models = {};
    for (const [index, row] of rows.entries()) {
        const refuse = (message) => {
            throw mistake(`, row ${index + 1}: ${message}`);
        };
        const model = new Row(refuse).model(row);
        if (Object.hasOwn(models, model.id))
            refuse(`id: an earlier row is ${model.id} too`);
        models[model.id] = model;
    }
    return models;
}
function mistake(message) {
    return invalidSetting("models", `the models file${message}`);
}
function isWhole(value) {
    return Number.isInteger(value);
}
class Row {
    refuse;
    constructor(refuse) {
        this.refuse = refuse;
    }
    model(row) {
        const fields = this.#object("the row", row, ["id", "modes"], ["durations", "resolutions", "prices"]);
        const id = this.#value("id", fields["id"], ID);
        const modes = this.#values("modes", fields["modes"], MODE);
        if (!modes.length)
            this.refuse("modes: there is none; give text_to_video, image_to_video or both");
        const durations = this.#durations(fields["durations"] ?? []);
        const resolutions = this.#values("resolutions", fields["resolutions"] ?? [], ID);
        const prices = [];
        for (const each of this.#value("prices", fields["prices"] ?? [], LIST)) {
            const price = this.#price(each);
            const { duration, resolution } = price;
            if (durations.length && !durations.includes(duration))
                this.refuse(`prices: ${duration} is none of the row's durations, ${joinSeconds(durations)}`);
            if (resolutions.length && resolution !== null && !resolutions.includes(resolution))
                this.refuse(`prices: ${resolution} is none of the row's resolutions, ${joinOr(resolutions)}`);
            if (prices.some((other) => other.duration === duration && other.resolution === resolution))
                this.refuse(`prices: two are for ${duration} s${resolution ? ` ${resolution}` : ""}`);
            prices.push(price);
        }
        const known = {
            modesKnown: "user",
            durationsKnown: "user",
            resolutionsKnown: "user",
            pricesKnown: "user",
        };
        return { id, family: id, label: id, modes, durations, resolutions, prices, ...known };
    }
    #durations(value) {
        if (!OBJECT[0](value))
            return this.#values("durations", value, SECONDS);
        const limits = this.#object("durations", value, ["min", "max"]);
        const first = this.#value("durations: min", limits["min"], SECONDS);
        const last = this.#value("durations: max", limits["max"], SECONDS);
        if (first > last)
            this.refuse(`durations: min ${first} is above max ${last}`);
        return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    }
    #price(value) {
        const fields = this.#object("prices", value, ["duration", "credits"], ["resolution"]);
        const { resolution = null } = fields;
        return {
            duration: this.#value("prices: duration", fields["duration"], SECONDS),
            resolution: resolution === null ? null : this.#value("prices: resolution", resolution, ID),
            credits: this.#value("prices: credits", fields["credits"], CREDITS),
        };
    }
    #object(field, value, required, optional = []) {
        const fields = this.#value(field, value, OBJECT);
        const names = [...required, ...optional];
        const unknown = Object.keys(fields).find((name) => !names.includes(name));
        if (unknown !== undefined)
            this.refuse(`${field}: there is no field ${truncateJson(unknown)}; the fields are ${names.join(", ")}`);
        const missing = required.find((name) => !Object.hasOwn(fields, name));
        if (missing)
            this.refuse(`${field}: ${missing} is missing`);
        return fields;
    }
    #values(field, value, kind) {
        return [...new Set(this.#value(field, value, LIST).map((each) => this.#value(field, each, kind)))];
    }
    #value(field, value, [isRight, description]) {
        return isRight(value) ? value : this.refuse(`${field}: ${truncateJson(value)} is not ${description}`);
    }
}
