/**
 * What a request will cost, and the budget that it must fit.
 *
 * Lives here: `quote` over the generated price table, and the books of one client's budget. Not here: rules (`rules`). A
 * quote is an estimate: what was charged is `creditsUsed`. An unknown price is null, never a number.
 */
import { BudgetExceeded, InvalidRequest } from "./errors.js";
import { type Model, REQUEST_FIELDS } from "./generated/model-table.js";
import { type GenerateVideoRequest, modelRow, toWire } from "./request.js";
import { check } from "./rules.js";
import type { Task } from "./task.js";

/** A price before the call. */
export interface Quote {
  /** Credits; null where nobody knows. */
  readonly credits: number | null;
  /** Where the number comes from, or why there is none. */
  readonly note: string;
}

/** What a request will probably cost. Sends nothing and needs no key. */
export function quote(request: GenerateVideoRequest | Readonly<Record<string, unknown>>): Quote {
  const errors = check(request).filter((violation) => violation.severity === "error");
  if (errors.length)
    return unknown(`the request is invalid: ${errors.map((violation) => violation.message).join("; ")}`);
  const wire = toWire(request) ?? {};
  const extras = Object.keys(wire).filter((name) => !(REQUEST_FIELDS as readonly string[]).includes(name));
  if (extras.length) return unknown(`provider-specific controls can change the price: ${extras.join(", ")}`);
  const model = modelRow(wire["model"]);
  return model?.prices.length ? fromTable(model, wire) : unknown(`no price of ${model?.id} is published`);
}

const unknown = (note: string): Quote => ({ credits: null, note });

function fromTable(model: Model, wire: Readonly<Record<string, unknown>>): Quote {
  const only = model.durations.length === 1 ? model.durations[0] : undefined;
  const { duration = only, resolution = null } = wire;
  const price = model.prices.find((row) => row.duration === duration && row.resolution === resolution);
  if (price)
    return { credits: price.credits, note: `price table (${model.pricesKnown}); what was charged is in creditsUsed` };
  const rows = model.prices.map(
    (row) => `${row.duration} s${row.resolution ? ` ${row.resolution}` : ""}: ${row.credits}`,
  );
  return unknown(`${model.id} is priced at ${rows.join(", ")}; give exactly one of these to have a price`);
}

/** The books of one client: by quote, what is reserved and spent never exceeds the limit. */
export class Budget {
  #committed = 0;
  readonly #open = new Map<string, number>();

  constructor(
    readonly limit: number | null,
    readonly allowUnknown: boolean,
  ) {
    if (limit !== null && !(Number.isInteger(limit) && limit >= 0)) {
      throw InvalidRequest.setting(
        "maxCredits",
        `maxCredits must be a whole number of credits, 0 or more, not ${limit}`,
      );
    }
  }

  /** Credits reserved or spent, less what was refunded. */
  get committed(): number {
    return this.#committed;
  }

  /**
   * Set the price aside before anything is sent; an unknown price that is allowed reserves nothing.
   *
   * @throws BudgetExceeded It does not fit, or nobody knows whether it does.
   */
  reserve(price: Quote): number {
    const needed = price.credits ?? 0;
    if (this.limit !== null) {
      const left = Math.max(this.limit - this.#committed, 0);
      const unknowable = price.credits === null && !(this.allowUnknown && left > 0);
      if (needed > left || unknowable) throw new BudgetExceeded(price.credits, left, price.note);
    }
    this.#committed += needed;
    return needed;
  }

  /** Give a reservation back: nothing was accepted. */
  release(reserved: number): void {
    this.#committed -= reserved;
  }

  /** Replace the reservation by what the service debited. */
  settle(reserved: number, task: Task): void {
    const spent = task.creditsUsed ?? reserved;
    this.#committed += spent - reserved;
    this.#open.set(task.id, spent);
  }

  /** The task has completed or was refunded; a refund comes back, once. */
  close(task: Task): void {
    if (task.refunded) this.#committed -= this.#open.get(task.id) ?? 0;
    this.#open.delete(task.id);
  }
}
