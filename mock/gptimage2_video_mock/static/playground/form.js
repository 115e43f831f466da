/** The form: the controls that a model has, from the model table, and the request that they make. */
import { toWire } from "/playground/client/fields.js";
import { MODELS } from "/playground/client/generated/model-table.js";
import { FIELDS } from "/playground/client/generated/request-fields.js";
import { allowedDurations, isRange } from "/playground/client/models.js";
import { quote } from "/playground/client/pricing.js";
import { byId, credits, el, setText } from "/playground/dom.js";
import { fieldControl, fieldValue, linesOf } from "/playground/fields.js";

const MODES = { text_to_video: "From text", image_to_video: "From an image" };
const EXAMPLE = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film";
const ROWS = Object.values(MODELS);
const FAMILIES = [...new Set(ROWS.map((row) => row.family))];
const OMITTED = "";
// Some of these depend on the model, and others mean more than their field.
const WITH_OWN_CONTROL = ["prompt", "model", "inputMode", "inputImageUrls", "duration", "resolution"];
const OTHER_FIELDS = Object.values(FIELDS).filter(({ name }) => !WITH_OWN_CONTROL.includes(name));

// Not one that its maker may have ended.
const selected = { model: ROWS.find((row) => !row.note?.date) ?? ROWS[0], mode: "text_to_video" };

/** The request as the form stands, in wire names. */
export function request() {
  const { model, mode, duration, resolution } = selected;
  return toWire({
    prompt: byId("prompt").value,
    model: model.id,
    inputMode: mode,
    inputImageUrls: mode === "image_to_video" ? linesOf(byId("image").value) : undefined,
    duration: duration === OMITTED ? undefined : duration,
    resolution: resolution || undefined,
    ...Object.fromEntries(OTHER_FIELDS.map((field) => [field.name, fieldValue(field)])),
  });
}

/** Render the form; calls `onChange` whenever something in it changes. */
export function renderForm(onChange) {
  byId("prompt").value = EXAMPLE;
  const select = (values) => {
    Object.assign(selected, values);
    if (values.model) dropUnavailable();
    render(select);
    onChange();
  };
  const onInput = () => {
    renderPrices();
    onChange();
  };
  byId("field-controls").append(...OTHER_FIELDS.map((field) => fieldControl(field, onInput)));
  dropUnavailable();
  render(select);
  for (const id of ["prompt", "image"]) byId(id).addEventListener("input", onInput);
  byId("sample-image").addEventListener("click", () => {
    byId("image").value = `${location.origin}/assets/cup.png`;
    onChange();
  });
}

/** Select another value where the model does not have the selected one. */
function dropUnavailable() {
  const { model } = selected;
  if (!model.modes.includes(selected.mode)) [selected.mode] = model.modes;
  const allowed = allowedDurations(model);
  if (allowed.length === 1) selected.duration = OMITTED;
  else if (!allowed.includes(selected.duration)) [selected.duration] = allowed;
  if (!model.resolutions.includes(selected.resolution)) selected.resolution = model.resolutions[0] ?? OMITTED;
}

function render(select) {
  const { model, mode } = selected;
  const models = ROWS.filter((row) => row.family === model.family);
  const ofFamily = (family) => ROWS.find((row) => row.family === family);
  update(byId("table-controls"), [
    choice(
      "family",
      "Family",
      FAMILIES.map((family) => [family, family]),
      model.family,
      (family) => select({ model: ofFamily(family) }),
    ),
    choice(
      "model",
      "Model",
      models.map((row) => [row.id, row.label, row.id]),
      model.id,
      (id) => select({ model: MODELS[id] }),
      { stacked: true },
    ),
    model.modes.length > 1 &&
      choice(
        "mode",
        "Mode",
        model.modes.map((name) => [name, MODES[name]]),
        mode,
        (name) => select({ mode: name }),
        {
          field: "inputMode",
        },
      ),
    model.note && el("p", { class: "hint", id: "model-note" }, noteText(model.note)),
  ]);
  byId("image-field").hidden = mode !== "image_to_video";
  update(byId("price-controls"), [durationControl(select), resolutionControl(select)]);
  renderPrices();
}

function noteText({ text, date, known }) {
  return `Note: ${text} (${[date, known].filter(Boolean).join(", ")})`;
}

function durationControl(select) {
  const { model, duration } = selected;
  const allowed = allowedDurations(model);
  const title = "Duration";
  if (allowed.length === 1) {
    return el(
      "div",
      { class: "field" },
      el("p", { class: "fixed" }, el("b", {}, title), ` always ${allowed[0]} seconds`),
    );
  }
  if (isRange(allowed)) {
    const input = el("input", {
      type: "number",
      id: "duration",
      name: "duration",
      min: allowed[0],
      max: allowed.at(-1),
      value: duration,
      placeholder: "left out",
      onchange: () => select({ duration: input.value === "" ? OMITTED : input.valueAsNumber }),
      "aria-describedby": "violations-duration",
    });
    const hint = el("small", {}, ` ${allowed[0]} to ${allowed.at(-1)} seconds`);
    const label = el("label", { htmlFor: "duration" }, title, hint);
    return el("div", { class: "field", "data-field": "duration" }, label, input, violationsOf("duration"));
  }
  const options = [...allowed.map((seconds) => [seconds, `${seconds} s`]), [OMITTED, "left out"]];
  return choice("duration", title, options, duration, (value) => select({ duration: Number(value) || OMITTED }), {
    field: "duration",
    known: model.durationsKnown,
    pricedFields: (value) => ({ duration: Number(value) || undefined }),
  });
}

function resolutionControl(select) {
  const { model, resolution } = selected;
  if (!model.resolutions.length) return null;
  const options = [...model.resolutions.map((name) => [name, name]), [OMITTED, "left out"]];
  return choice("resolution", "Resolution", options, resolution, (value) => select({ resolution: value }), {
    field: "resolution",
    known: model.resolutionsKnown,
    pricedFields: (value) => ({ resolution: value || undefined }),
  });
}

const KNOWN_NOTES = { inferred: "inferred from the documentation", unknown: "not documented; the common values" };

/** A group of radio buttons; an option is a value, a text and perhaps a second text. */
function choice(name, title, options, current, select, { field = "", known = "", stacked = false, pricedFields } = {}) {
  const labels = options.map(([value, text, more]) => {
    const input = el("input", {
      type: "radio",
      name,
      value,
      checked: value === current,
      onchange: () => select(value),
    });
    const second = pricedFields ? el("small", { class: "cost" }) : more && more !== text ? el("small", {}, more) : "";
    if (pricedFields) second.pricedFields = pricedFields(value);
    return el("label", {}, input, el("span", {}, text, second));
  });
  const note = KNOWN_NOTES[known] ? el("small", {}, ` ${KNOWN_NOTES[known]}`) : "";
  const properties = { class: stacked ? "chips stacked" : "chips", id: `choose-${name}`, "data-field": field || name };
  return el("fieldset", properties, el("legend", {}, title, note), ...labels, violationsOf(field || name));
}

const violationsOf = (field) => el("div", { class: "violations", id: `violations-${field}`, "aria-live": "polite" });

/** Show the price of each choice that has one. */
function renderPrices() {
  for (const cost of document.querySelectorAll(".cost")) {
    const price = quote(toWire({ ...request(), prompt: "any", ...placeholderImage(), ...cost.pricedFields })).credits;
    setText(cost, price === null ? "" : credits(price));
  }
}

// A price needs neither the prompt nor the image.
const placeholderImage = () =>
  selected.mode === "image_to_video" ? { inputImageUrls: [`${location.origin}/assets/cup.png`] } : {};

/** Replace the children of a place; the focus stays on the control that had it. */
function update(place, children) {
  const { name, value } = document.activeElement ?? {};
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(...children.filter(Boolean));
  if (!hadFocus) return;
  const controls = [...place.querySelectorAll("input")].filter((input) => input.name === name);
  (controls.find((input) => input.value === value) ?? controls[0])?.focus();
}
