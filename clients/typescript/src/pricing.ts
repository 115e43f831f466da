/**
 * What a request will cost: a quote from the price table.
 *
 * A quote is an estimate; the charge is `creditsUsed`. An unknown price is null, never a number.
 */
import { type Fields, toWire } from "./fields.js";
import type { GenerateVideoRequest } from "./generated/api/types.gen.js";
import { type Model, MODELS, PRICED_FIELDS } from "./generated/model-table.js";
import { findModel, type ModelOptions } from "./models.js";
import { check } from "./rules.js";

/** A price before the call. */
export interface Quote {
  /** Credits; null where the price is unknown. */
  readonly credits: number | null;
  /** Where the number comes from, or why there is none. */
  readonly note: string;
}

/** What a request will probably cost; the options are those of `check`. Sends nothing and needs no key. */
export function quote(request: GenerateVideoRequest | Fields, options: ModelOptions = {}): Quote {
  const errors = check(request, options).filter((violation) => violation.severity === "error");
  return errors.length
    ? unknown(`the request is invalid: ${errors.map((violation) => violation.message).join("; ")}`)
    : quotePrepared(toWire(request) ?? {}, options);
}

/** The same for fields that have been checked. */
export function quotePrepared(fields: Fields, { models = MODELS }: ModelOptions): Quote {
  const others = Object.keys(fields).filter((name) => !PRICED_FIELDS.includes(name));
  if (others.length) return unknown(`the price table does not cover ${others.join(", ")}`);
  const model = findModel(fields["model"], models);
  if (!model) return unknown("the model is none of the price table");
  return model.prices.length ? fromTable(model, fields) : unknown(`no price of ${model.id} is published`);
}

const unknown = (note: string): Quote => ({ credits: null, note });

function fromTable(model: Model, fields: Fields): Quote {
  const only = model.durations.length === 1 ? model.durations[0] : undefined;
  const { duration = only, resolution = null } = fields;
  const price = model.prices.find((row) => row.duration === duration && row.resolution === resolution);
  if (price)
    return { credits: price.credits, note: `price table (${model.pricesKnown}); what was charged is in creditsUsed` };
  const rows = model.prices.map(
    (row) => `${row.duration} s${row.resolution ? ` ${row.resolution}` : ""}: ${row.credits}`,
  );
  return unknown(`${model.id} is priced at ${rows.join(", ")}; choose one of these combinations to get a price`);
}
