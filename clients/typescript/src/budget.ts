/** The budget of one client: what is reserved and spent never exceeds its limit. */
import { BudgetExceeded, invalidSetting } from "./errors.js";
import type { Quote } from "./pricing.js";
import type { Task } from "./task.js";

/** Credits by quote, and then by charge. */
export class Budget {
  #committed = 0;
  readonly #unsettled = new Map<string, number>();

  constructor(
    readonly limit: number | null,
    readonly allowUnknown: boolean,
  ) {
    if (limit !== null && !(Number.isInteger(limit) && limit >= 0)) {
      throw invalidSetting("maxCredits", `maxCredits must be a whole number of credits, 0 or more, not ${limit}`);
    }
  }

  /** Credits reserved or spent, less what was refunded. */
  get committed(): number {
    return this.#committed;
  }

  /**
   * Reserve the price before anything is sent; an unknown one that is allowed reserves nothing.
   *
   * @throws BudgetExceeded
   */
  reserve(quote: Quote): number {
    if (this.limit !== null) ensureAffordable(quote, Math.max(this.limit - this.#committed, 0), this.allowUnknown);
    const reserved = quote.credits ?? 0;
    this.#committed += reserved;
    return reserved;
  }

  /** Return a reservation: nothing was accepted. */
  release(reserved: number): void {
    this.#committed -= reserved;
  }

  /** Replace the reservation by the charge. */
  settle(reserved: number, task: Task): void {
    const charged = task.creditsUsed ?? reserved;
    this.#committed += charged - reserved;
    this.#unsettled.set(task.id, charged);
  }

  /** Return the charge of a task that was refunded, once; that of a completed task stays. */
  refund(task: Task): void {
    if (task.refunded) this.#committed -= this.#unsettled.get(task.id) ?? 0;
    this.#unsettled.delete(task.id);
  }
}

/**
 * Whether a task fits into what is left of a budget.
 *
 * @throws BudgetExceeded It does not, or its price is unknown and that is not allowed.
 */
function ensureAffordable({ credits, note }: Quote, left: number, allowUnknown: boolean): void {
  const affordable = credits === null ? allowUnknown && left > 0 : credits <= left;
  if (!affordable) throw new BudgetExceeded(credits, left, note);
}
