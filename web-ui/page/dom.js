// Small helpers around the document. Text only ever becomes text.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element. `options` are properties, `on…` handlers among them, or `aria-…` and other attributes with a dash. */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (key.includes("-") || key === "for" || key === "role") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

/** Sets a text where it changed: screen readers read what is written anew. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A label with its field, bound to each other. */
let ids = 0;
export function labelled(text, field) {
  field.id ||= `field-${++ids}`;
  return [make("label", { for: field.id, textContent: text }), field];
}
