/** The violations and the price of the request, while one types: the client's own rules and prices. */
import { quote } from "/playground/client/pricing.js";
import { check } from "/playground/client/rules.js";
import { byId, credits, el, sentence, setText } from "/playground/dom.js";

/**
 * Show the violations and the price of a body; returns the errors.
 *
 * @param body The request, or undefined where the text is not JSON.
 * @param edited Whether the form does not show this body, so that all violations stand under it.
 * @param parseError What is wrong with the text of the body.
 * @param overview The account, as the mock shows it.
 */
export function validate(body, edited, parseError, overview) {
  const violations = parseError
    ? [{ code: "not_json", field: "", message: parseError, severity: "error" }]
    : [...check(body)];
  const places = new Map([...document.querySelectorAll(".violations")].map((place) => [place, []]));
  for (const violation of violations) {
    const own = edited ? null : byId(`violations-${violation.field}`);
    places.get(own && !own.closest("[hidden]") ? own : byId("violations-rest")).push(violation);
  }
  for (const [place, ofField] of places) render(place, ofField);
  const errors = violations.filter(({ severity }) => severity === "error");
  for (const place of document.querySelectorAll(".field[data-field]")) {
    const isInvalid = errors.some(({ field }) => field === place.dataset.field);
    place.querySelector("input, select, textarea").setAttribute("aria-invalid", String(isInvalid));
  }
  renderPrice(body, errors, overview);
  return errors;
}

function render(place, violations) {
  const key = JSON.stringify(violations);
  if (place.renderedKey === key) return;
  place.renderedKey = key;
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

function renderPrice(body, errors, { balance, inventedCreditsPerSecond }) {
  const { credits: price, note } = quote(body);
  const tooHigh = price !== null && balance !== null && price > balance;
  setText(byId("price"), price === null ? (errors.length ? "No price yet" : "Price unknown") : credits(price));
  const parts = [errors.length ? "A price needs a valid request." : sentence(note)];
  if (!errors.length && price === null && inventedCreditsPerSecond) {
    parts.push(
      `This mock charges ${inventedCreditsPerSecond} credits for each second of video without a known price: its own invention.`,
    );
  }
  if (tooHigh) parts.push(`The balance of ${credits(balance)} is not enough.`);
  setText(byId("price-note"), parts.join(" "));
  byId("price").classList.toggle("too-high", tooHigh);
}
