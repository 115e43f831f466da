/**
 * What is wrong with the request, and what it will cost: the client's own rules and prices, told while one types.
 *
 * Not here: any rule, price or sentence about a request. They are in the client's compiled modules.
 */
import { quote } from "/playground/client/pricing.js";
import { check } from "/playground/client/rules.js";
import { byId, credits, el, say, sentence } from "/playground/dom.js";

const CONTROLS = { prompt: "prompt", inputImageUrls: "image", aspectRatio: "aspect-ratio" };

/**
 * Show all that `check` and `quote` say of a body; the errors come back.
 *
 * @param body The request, or undefined where the text is no JSON.
 * @param byHand Whether the form does not show this body, so that every sentence stands under it.
 * @param trouble What is wrong with the text of the body.
 */
export function explain(body, byHand, trouble, told) {
  const found = trouble ? [{ code: "not_json", field: "", message: trouble, severity: "error" }] : [...check(body)];
  const places = new Map([...document.querySelectorAll(".why")].map((place) => [place, []]));
  for (const violation of found) {
    const own = byHand ? null : byId(`why-${violation.field}`);
    places.get(own && !own.closest("[hidden]") ? own : byId("why-rest")).push(violation);
  }
  for (const [place, violations] of places) show(place, violations);
  const errors = found.filter(({ severity }) => severity === "error");
  for (const [field, id] of Object.entries(CONTROLS)) {
    byId(id).setAttribute("aria-invalid", String(errors.some((violation) => violation.field === field)));
  }
  price(body, errors, told);
  return errors;
}

function show(place, violations) {
  const key = JSON.stringify(violations);
  if (place.shown === key) return;
  place.shown = key;
  place.replaceChildren(
    ...violations.map(({ message, severity, code }) =>
      el(
        "p",
        { class: severity, "data-code": code },
        el("b", {}, severity === "error" ? "Not valid: " : "Note: "),
        sentence(message),
      ),
    ),
  );
}

function price(body, errors, { balance, inventedCreditsPerSecond }) {
  const { credits: known, note } = quote(body);
  const short = known !== null && balance !== null && known > balance;
  say(byId("price"), known === null ? (errors.length ? "No price yet" : "Price unknown") : credits(known));
  const invention = `This mock charges ${inventedCreditsPerSecond} credits for each second of video where it finds no price: its own invention.`;
  const parts = errors.length ? ["It is told once the request is valid."] : [sentence(note)];
  if (!errors.length && known === null && inventedCreditsPerSecond) parts.push(invention);
  if (short) parts.push(`The balance of ${credits(balance)} is not enough.`);
  say(byId("price-note"), parts.join(" "));
  byId("price").classList.toggle("short", short);
}
