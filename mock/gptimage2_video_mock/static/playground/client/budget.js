// Compiled from clients/typescript by `make generate-typescript`; never edited.
import { BudgetExceeded, invalidSetting } from "./errors.js";
export class Budget {
    limit;
    allowUnknown;
    #committed = 0;
    #unsettled = new Map();
    constructor(limit, allowUnknown) {
        this.limit = limit;
        this.allowUnknown = allowUnknown;
        if (limit !== null && !(Number.isInteger(limit) && limit >= 0)) {
            throw invalidSetting("maxCredits", `maxCredits must be a whole number of credits, 0 or more, not ${limit}`);
        }
    }
    get committed() {
        return this.#committed;
    }
    reserve(quote) {
        if (this.limit !== null)
            ensureAffordable(quote, Math.max(this.limit - this.#committed, 0), this.allowUnknown);
        const reserved = quote.credits ?? 0;
        this.#committed += reserved;
        return reserved;
    }
    release(reserved) {
        this.#committed -= reserved;
    }
    settle(reserved, task) {
        const charged = task.creditsUsed ?? reserved;
        this.#committed += charged - reserved;
        this.#unsettled.set(task.id, charged);
    }
    refund(task) {
        if (task.refunded)
            this.#committed -= this.#unsettled.get(task.id) ?? 0;
        this.#unsettled.delete(task.id);
    }
}
function ensureAffordable({ credits, note }, left, allowUnknown) {
    const affordable = credits === null ? allowUnknown && left > 0 : credits <= left;
    if (!affordable)
        throw new BudgetExceeded(credits, left, note);
}
