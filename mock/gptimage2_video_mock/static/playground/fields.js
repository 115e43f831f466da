/** The controls of the fields that the form knows by their schema alone. */
import { byId, el } from "/playground/dom.js";

const OMITTED = "";

/** A control with its label, its hint and a place for violations; calls `onInput` whenever its value changes. */
export function fieldControl(field, onInput) {
  const { name } = field;
  const control = controlOf(field);
  control.id = `field-${name}`;
  control.setAttribute("aria-describedby", `violations-${name}`);
  control.addEventListener("input", onInput);
  return el(
    "div",
    { class: "field", "data-field": name },
    el("label", { htmlFor: control.id }, `${labelOf(name)} `, el("small", {}, hintOf(field))),
    control,
    el("div", { class: "violations", id: `violations-${name}`, "aria-live": "polite" }),
  );
}

/** The value of a field as its control stands; undefined where it is left out. */
export function fieldValue(field) {
  const { value, validity } = byId(`field-${field.name}`);
  if (validity.badInput) return value; // no number, which the rules say
  const text = value.trim();
  if (text === OMITTED) return undefined;
  if (choicesOf(field).length) return JSON.parse(text);
  if (field.type === "array") return linesOf(text);
  if (field.type === "string") return text;
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number; // which would be another number
}

/** The lines of a text that hold something. */
export const linesOf = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

function controlOf(field) {
  const choices = choicesOf(field);
  if (choices.length) {
    const options = choices.map((value) => el("option", { value: JSON.stringify(value) }, String(value)));
    return el("select", {}, el("option", { value: OMITTED }, "left out"), ...options);
  }
  const { type, minimum = "", maximum = "", example = "" } = field;
  if (type === "array") return el("textarea", { rows: 2 });
  if (type === "string") return el("input", { autocomplete: "off", placeholder: example });
  const step = type === "integer" ? 1 : "any";
  return el("input", { type: "number", min: minimum, max: maximum, step, placeholder: example });
}

/** The values of a field that has only few. */
function choicesOf({ type, enum: values, nullable }) {
  const choices = values ?? (type === "boolean" ? [true, false] : []);
  return choices.length && nullable ? [...choices, null] : choices;
}

/** `aspectRatio` as people write it: Aspect ratio. */
function labelOf(name) {
  const words = name.replace(/[_-]+/g, " ").replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

const hintOf = ({ type, description }) => description.replaceAll("`", "") + (type === "array" ? " One a line." : "");
