// The part of a card that shows a thermostat and sets it.

import { ask, pathOf } from "./api.js";
import { labelled, make, write } from "./dom.js";
import { t } from "./texts.js";
import { ageOf, degrees, word } from "./words.js";

const KEY = "occupied_heating_setpoint";
const STEP = 0.5;
// Taps in a row become one command: each costs a sleeping device battery.
const PAUSE = 700;
const MODES = ["off", "auto", "heat"];

/** `attempt` runs an action and shows what became of it. Returns the part and how to bring it up to date. */
export function thermostat(first, attempt) {
  let device = first, wanted = null, timer = null;

  const temperature = make("p", { className: "reading" });
  const about = make("p", { className: "age" });
  const waiting = make("p", { className: "note" });
  const field = make("input", { type: "number", step: STEP, inputMode: "decimal", className: "target" });
  const colder = make("button", { type: "button", className: "round", textContent: "−" });
  const warmer = make("button", { type: "button", className: "round", textContent: "+" });
  const mode = make("select");

  const limits = () => device.limits ?? { min: 5, max: 30 };
  const shown = () => wanted ?? device.state.pending?.[KEY] ?? device.state[KEY];

  function want(value) {
    if (!Number.isFinite(value)) return update(device);
    const { min, max } = limits();
    wanted = Math.min(max, Math.max(min, value));
    field.value = wanted;
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  }

  async function send() {
    const value = wanted;
    await attempt(() => ask("POST", pathOf(device, "/set"), { [KEY]: value }));
    // A newer wish has its own turn.
    if (wanted === value) wanted = null;
    update(device);
  }

  // To the next step, also from a value between two.
  const steps = () => (shown() ?? limits().min) / STEP;
  colder.onclick = () => want((Math.ceil(steps()) - 1) * STEP);
  warmer.onclick = () => want((Math.floor(steps()) + 1) * STEP);
  field.onchange = () => want(field.valueAsNumber);
  // Scrolling past must not change anything.
  field.onwheel = () => field.blur();
  mode.onchange = () => attempt(() => ask("POST", pathOf(device, "/set"), { system_mode: mode.value }));

  function updateMode() {
    const current = device.state.pending?.system_mode ?? device.state.system_mode;
    const modes = MODES.includes(current) || !current ? MODES : [...MODES, current];
    if (mode.options.length !== modes.length) {
      mode.replaceChildren(...modes.map((value) => make("option", { value, textContent: word("mode", value) })));
    }
    if (document.activeElement !== mode) mode.value = current ?? "";
  }

  function update(next) {
    device = next;
    const { state, name } = device;
    const heats = state.running_state === undefined ? [] : [t(state.running_state === "heat" ? "heating" : "not_heating")];
    write(temperature, degrees(state.local_temperature));
    write(about, [...heats, ageOf(device, "local_temperature")].join(" · "));
    const asked = state.pending?.[KEY];
    write(waiting, asked === undefined ? "" : t("waits", { value: degrees(asked), old: degrees(state[KEY]) }));
    Object.assign(field, limits());
    if (wanted === null && document.activeElement !== field) field.value = shown() ?? "";
    for (const [element, key] of [[field, "target_name"], [colder, "colder"], [warmer, "warmer"]]) {
      element.setAttribute("aria-label", t(key, { name }));
    }
    updateMode();
  }

  update(first);
  const target = make("div", { className: "row" }, make("span", { textContent: t("target") }), colder, field, make("span", { textContent: "°C" }), warmer);
  const modes = make("div", { className: "row" }, ...labelled(t("mode"), mode));
  return { node: make("div", { className: "part" }, temperature, about, target, modes, waiting), update };
}
