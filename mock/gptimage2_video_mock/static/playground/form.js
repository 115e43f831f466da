/**
 * The form: the controls that a model has, from the model table, and the request that they make.
 *
 * Not here: what is wrong with a request, and what it costs (`explain`).
 */
import { COMMON_DURATIONS, MODELS } from "/playground/client/generated/model-table.js";
import { quote } from "/playground/client/pricing.js";
import { toWire } from "/playground/client/request.js";
import { byId, credits, el, say } from "/playground/dom.js";

const MODES = { text_to_video: "From text", image_to_video: "From an image" };
const EXAMPLE = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film";
const ROWS = Object.values(MODELS);
const FAMILIES = [...new Set(ROWS.map((row) => row.family))];
const LEFT_OUT = "";

const chosen = { model: MODELS["sora-2-text-to-video"], mode: "text_to_video", duration: 5, resolution: "720p" };

/** Durations that a model takes: what is documented, else the common values; as in the client's rules. */
const durations = ({ durationsKnown, durations }) =>
  ["page", "docs"].includes(durationsKnown) ? durations : COMMON_DURATIONS;

/** The request as the form stands, in wire names. */
export function request() {
  const { model, mode, duration, resolution } = chosen;
  const images = byId("image")
    .value.split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return toWire({
    prompt: byId("prompt").value,
    model: model.id,
    inputMode: mode,
    inputImageUrls: mode === "image_to_video" ? images : undefined,
    aspectRatio: byId("aspect-ratio").value.trim() || undefined,
    duration: duration || undefined,
    resolution: resolution || undefined,
  });
}

/** Draw the form, and say whenever something in it is changed. */
export function drawForm(changed) {
  byId("prompt").value = EXAMPLE;
  const choose = (what) => {
    Object.assign(chosen, what);
    settle();
    draw(choose);
    changed();
  };
  draw(choose);
  for (const id of ["prompt", "image", "aspect-ratio"]) {
    byId(id).addEventListener("input", () => {
      prices();
      changed();
    });
  }
  byId("sample-image").addEventListener("click", () => {
    byId("image").value = `${location.origin}/assets/cup.png`;
    changed();
  });
}

/** What the model does not have is chosen anew. */
function settle() {
  const { model } = chosen;
  if (!model.modes.includes(chosen.mode)) [chosen.mode] = model.modes;
  const offered = durations(model);
  if (offered.length === 1) chosen.duration = LEFT_OUT;
  else if (!offered.includes(chosen.duration)) [chosen.duration] = offered;
  if (!model.resolutions.includes(chosen.resolution)) chosen.resolution = model.resolutions[0] ?? LEFT_OUT;
}

function draw(choose) {
  const { model, mode } = chosen;
  const models = ROWS.filter((row) => row.family === model.family);
  const ofFamily = (family) => ROWS.find((row) => row.family === family);
  update(byId("table-controls"), [
    choice(
      "family",
      "Family",
      FAMILIES.map((family) => [family, family]),
      model.family,
      (family) => choose({ model: ofFamily(family) }),
    ),
    choice(
      "model",
      "Model",
      models.map((row) => [row.id, row.label, row.id]),
      model.id,
      (id) => choose({ model: MODELS[id] }),
      { stacked: true },
    ),
    model.modes.length > 1 &&
      choice(
        "mode",
        "Mode",
        model.modes.map((name) => [name, MODES[name]]),
        mode,
        (name) => choose({ mode: name }),
        {
          field: "inputMode",
        },
      ),
  ]);
  byId("image-field").hidden = mode !== "image_to_video";
  update(byId("price-controls"), [durationControl(choose), resolutionControl(choose)]);
  prices();
}

function durationControl(choose) {
  const { model, duration } = chosen;
  const offered = durations(model);
  const title = "Duration";
  if (offered.length === 1) {
    return el(
      "div",
      { class: "field" },
      el("p", { class: "fixed" }, el("b", {}, title), ` always ${offered[0]} seconds`),
    );
  }
  const options = [...offered.map((seconds) => [seconds, `${seconds} s`]), [LEFT_OUT, "left out"]];
  return choice("duration", title, options, duration, (value) => choose({ duration: Number(value) || LEFT_OUT }), {
    field: "duration",
    known: model.durationsKnown,
    priced: (value) => ({ duration: Number(value) || undefined }),
  });
}

function resolutionControl(choose) {
  const { model, resolution } = chosen;
  if (!model.resolutions.length) return null;
  const options = [...model.resolutions.map((name) => [name, name]), [LEFT_OUT, "left out"]];
  return choice("resolution", "Resolution", options, resolution, (value) => choose({ resolution: value }), {
    field: "resolution",
    known: model.resolutionsKnown,
    priced: (value) => ({ resolution: value || undefined }),
  });
}

const KNOWN = { inferred: "inferred from the documentation", unknown: "not documented; the common values" };

/** A group of radio buttons; options are value, text and perhaps a second text. */
function choice(name, title, options, current, choose, { field = "", known = "", stacked = false, priced } = {}) {
  const labels = options.map(([value, text, more]) => {
    const input = el("input", {
      type: "radio",
      name,
      value,
      checked: value === current,
      onchange: () => choose(value),
    });
    const second = priced ? el("small", { class: "cost" }) : more && more !== text ? el("small", {}, more) : "";
    if (priced) second.priced = priced(value);
    return el("label", {}, input, el("span", {}, text, second));
  });
  const note = KNOWN[known] ? el("small", {}, ` ${KNOWN[known]}`) : "";
  const properties = { class: stacked ? "chips stacked" : "chips", id: `choose-${name}`, "data-field": field || name };
  const why = el("div", { class: "why", id: `why-${field || name}`, "aria-live": "polite" });
  return el("fieldset", properties, el("legend", {}, title, note), ...labels, why);
}

/** What each choice would cost, where that is known. */
function prices() {
  for (const cost of document.querySelectorAll(".cost")) {
    const price = quote(toWire({ ...request(), prompt: "any", ...imagined(), ...cost.priced })).credits;
    say(cost, price === null ? "" : credits(price));
  }
}

// A price can be told before the prompt and the image are there.
const imagined = () =>
  chosen.mode === "image_to_video" ? { inputImageUrls: [`${location.origin}/assets/cup.png`] } : {};

/** Replace the children of a place, and leave the focus on the control that had it. */
function update(place, children) {
  const { name, value } = document.activeElement ?? {};
  const had = place.contains(document.activeElement);
  place.replaceChildren(...children.filter(Boolean));
  if (!had) return;
  const controls = [...place.querySelectorAll("input")].filter((input) => input.name === name);
  (controls.find((input) => input.value === value) ?? controls[0])?.focus();
}
