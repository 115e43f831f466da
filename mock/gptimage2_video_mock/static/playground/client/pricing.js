// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { BudgetExceeded, InvalidRequest } from "./errors.js";
import { REQUEST_FIELDS } from "./generated/model-table.js";
import { modelRow, toWire } from "./request.js";
import { check } from "./rules.js";
export function quote(request) {
    const errors = check(request).filter((violation) => violation.severity === "error");
    if (errors.length)
        return unknown(`the request is invalid: ${errors.map((violation) => violation.message).join("; ")}`);
    const wire = toWire(request) ?? {};
    const extras = Object.keys(wire).filter((name) => !REQUEST_FIELDS.includes(name));
    if (extras.length)
        return unknown(`provider-specific controls can change the price: ${extras.join(", ")}`);
    const model = modelRow(wire["model"]);
    return model?.prices.length ? fromTable(model, wire) : unknown(`no price of ${model?.id} is published`);
}
const unknown = (note) => ({ credits: null, note });
function fromTable(model, wire) {
    const only = model.durations.length === 1 ? model.durations[0] : undefined;
    const { duration = only, resolution = null } = wire;
    const price = model.prices.find((row) => row.duration === duration && row.resolution === resolution);
    if (price)
        return { credits: price.credits, note: `price table (${model.pricesKnown}); what was charged is in creditsUsed` };
    const rows = model.prices.map((row) => `${row.duration} s${row.resolution ? ` ${row.resolution}` : ""}: ${row.credits}`);
    return unknown(`${model.id} is priced at ${rows.join(", ")}; give exactly one of these to have a price`);
}
export class Budget {
    limit;
    allowUnknown;
    #committed = 0;
    #open = new Map();
    constructor(limit, allowUnknown) {
        this.limit = limit;
        this.allowUnknown = allowUnknown;
        if (limit !== null && !(Number.isInteger(limit) && limit >= 0)) {
            throw InvalidRequest.setting("maxCredits", `maxCredits must be a whole number of credits, 0 or more, not ${limit}`);
        }
    }
    get committed() {
        return this.#committed;
    }
    reserve(price) {
        const needed = price.credits ?? 0;
        if (this.limit !== null) {
            const left = Math.max(this.limit - this.#committed, 0);
            const unknowable = price.credits === null && !(this.allowUnknown && left > 0);
            if (needed > left || unknowable)
                throw new BudgetExceeded(price.credits, left, price.note);
        }
        this.#committed += needed;
        return needed;
    }
    release(reserved) {
        this.#committed -= reserved;
    }
    settle(reserved, task) {
        const spent = task.creditsUsed ?? reserved;
        this.#committed += spent - reserved;
        this.#open.set(task.id, spent);
    }
    close(task) {
        if (task.refunded)
            this.#committed -= this.#open.get(task.id) ?? 0;
        this.#open.delete(task.id);
    }
}
