// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { toWire } from "./fields.js";
import { MODELS, PRICED_FIELDS } from "./generated/model-table.js";
import { findModel } from "./models.js";
import { check } from "./rules.js";
export function quote(request, options = {}) {
    const errors = check(request, options).filter((violation) => violation.severity === "error");
    return errors.length
        ? unknown(`the request is invalid: ${errors.map((violation) => violation.message).join("; ")}`)
        : quotePrepared(toWire(request) ?? {}, options);
}
export function quotePrepared(fields, { models = MODELS }) {
    const others = Object.keys(fields).filter((name) => !PRICED_FIELDS.includes(name));
    if (others.length)
        return unknown(`the price table does not cover ${others.join(", ")}`);
    const model = findModel(fields["model"], models);
    if (!model)
        return unknown("the model is none of the price table");
    return model.prices.length ? fromTable(model, fields) : unknown(`no price of ${model.id} is published`);
}
const unknown = (note) => ({ credits: null, note });
function fromTable(model, fields) {
    const only = model.durations.length === 1 ? model.durations[0] : undefined;
    const { duration = only, resolution = null } = fields;
    const price = model.prices.find((row) => row.duration === duration && row.resolution === resolution);
    if (price)
        return { credits: price.credits, note: `price table (${model.pricesKnown}); what was charged is in creditsUsed` };
    const rows = model.prices.map((row) => `${row.duration} s${row.resolution ? ` ${row.resolution}` : ""}: ${row.credits}`);
    return unknown(`${model.id} is priced at ${rows.join(", ")}; choose one of these combinations to get a price`);
}
