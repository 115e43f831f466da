/** Elements without markup: whatever came over the wire is text, and stays text. */

export const byId = (id) => document.getElementById(id);

/** A new element. A property that starts with `on` is a listener; `class` and names with a dash are attributes. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class" || name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Set the text of an element; the same text again changes nothing, so that it is not read aloud twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A button that is no submit button. */
export const button = (text, onclick, properties = {}) =>
  el("button", { type: "button", textContent: text, onclick, ...properties });

export const pluralize = (number, one, many = `${one}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
export const credits = (number) => pluralize(number, "credit");

/** A sentence with a capital letter, unless it begins with a name such as `veo3_fast`, and a full stop. */
export const sentence = (text) =>
  text.replace(/^[a-z](?=[a-z]*[\s,;:])/, (letter) => letter.toUpperCase()) + (/[.?!]$/.test(text) ? "" : ".");
