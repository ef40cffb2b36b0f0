// The part of a card that shows a lock, locks it by one tap, and unlocks it by two.

import { ask, pathOf } from "./api.js";
import { labelled, make, write } from "./dom.js";
import { t } from "./texts.js";
import { ageOf, word } from "./words.js";

// An unlock that was asked for and not confirmed is forgotten.
const PATIENCE = 20_000;

/** `attempt` runs an action and shows what became of it. Returns the part and how to bring it up to date. */
export function lock(first, attempt) {
  let device = first, timer = null;

  const state = make("p", { className: "reading" });
  const about = make("p", { className: "age" });
  const shut = make("button", { type: "button", className: "primary", textContent: t("lock") });
  const open = make("button", { type: "button", textContent: t("unlock") });
  const pin = make("input", { type: "password", inputMode: "numeric", autocomplete: "off", pattern: "[0-9]*", maxLength: 8 });
  const sure = make("button", { className: "danger" });
  const cancel = make("button", { type: "button", className: "quiet", textContent: t("cancel") });
  const question = make("form", { className: "question", hidden: true }, ...labelled(t("pin"), pin), make("div", { className: "row" }, sure, cancel));

  function dismiss() {
    clearTimeout(timer);
    pin.value = "";
    question.hidden = true;
    open.hidden = false;
  }

  shut.onclick = () => {
    dismiss();
    attempt(() => ask("POST", pathOf(device, "/lock"), {}), shut);
  };
  open.onclick = () => {
    question.hidden = false;
    open.hidden = true;
    pin.focus();
    clearTimeout(timer);
    timer = setTimeout(dismiss, PATIENCE);
  };
  cancel.onclick = () => {
    dismiss();
    open.focus();
  };
  pin.oninput = () => {
    clearTimeout(timer);
    timer = setTimeout(dismiss, PATIENCE);
  };
  question.onsubmit = (event) => {
    event.preventDefault();
    const body = pin.value ? { pin: pin.value } : {};
    dismiss();
    open.focus();
    attempt(() => ask("POST", pathOf(device, "/unlock"), body), open);
  };

  function update(next) {
    device = next;
    const { name } = device;
    write(state, word("lock", device.state.lock_state));
    state.dataset.state = device.state.lock_state;
    write(about, ageOf(device, "lock_state"));
    write(sure, t("unlock_sure", { name }));
    shut.setAttribute("aria-label", t("lock_name", { name }));
    open.setAttribute("aria-label", t("unlock_name", { name }));
  }

  update(first);
  return { node: make("div", { className: "part" }, state, about, make("div", { className: "row" }, shut, open), question), update };
}
