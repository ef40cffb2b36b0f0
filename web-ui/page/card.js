// One device: its parts, what became of the last wish, and its details.

import { ask, pathOf } from "./api.js";
import { labelled, make, write } from "./dom.js";
import { lock } from "./lock.js";
import { t } from "./texts.js";
import { thermostat } from "./thermostat.js";
import { age, ageOf, can, degrees, failure, interview, isPending, number, outcome, percent } from "./words.js";

/** A card for a device; returns its node and how to bring it up to date. */
export function card(first) {
  let device = first, parts = null, kinds = "", isWaiting = false;
  const title = make("span");
  const away = make("span", { className: "badge" });
  const body = make("div");
  const note = make("p", { className: "note", role: "status" });
  const more = details(attempt);
  const node = make("article", { className: "card" }, make("h3", {}, title, " ", away), body, note, more.node);

  /** Runs an action, one after the other for `button`, and says how it went. */
  async function attempt(action, button) {
    if (button) button.disabled = true;
    write(note, t("sending"));
    try {
      const answer = await action();
      isWaiting = isPending(answer);
      write(note, outcome(answer));
      return true;
    } catch (problem) {
      write(note, failure(problem));
      return false;
    } finally {
      if (button) button.disabled = false;
    }
  }

  function update(next) {
    device = next;
    write(title, device.name);
    write(away, device.available ? "" : t("away"));
    if (isWaiting && !device.state.pending) {
      isWaiting = false;
      write(note, "");
    }
    // What a device is can change while it is being set up.
    if (device.capabilities.join() !== kinds || !parts) {
      kinds = device.capabilities.join();
      parts = partsOf(device, attempt);
      body.replaceChildren(...parts.map((part) => part.node));
    }
    for (const part of parts) part.update(device);
    more.update(device);
  }

  update(first);
  return { node, update };
}

function partsOf(device, attempt) {
  const parts = [];
  if (can(device, "lock")) parts.push(lock(device, attempt));
  if (can(device, "thermostat")) parts.push(thermostat(device, attempt));
  for (const [capability, key, show] of [
    ["contact", "contact", (shut) => (shut === null ? "–" : t(shut ? "contact_closed" : "contact_open"))],
    ["temperature", "temperature", degrees],
    ["humidity", "humidity", (value) => `${t("humidity")} ${percent(value)}`],
  ]) {
    if (can(device, capability)) parts.push(reading(key, show));
  }
  if (device.interview !== "done") parts.push(progress());
  return parts;
}

function reading(key, show) {
  const value = make("p", { className: "reading small" });
  const about = make("p", { className: "age" });
  const update = (device) => {
    write(value, show(device.state[key] ?? null));
    write(about, ageOf(device, key));
  };
  return { node: make("div", { className: "part" }, value, about), update };
}

function progress() {
  const node = make("p", { className: "note" });
  return { node, update: (device) => write(node, device.interview === "done" ? "" : interview(device)) };
}

/** The fold with a device's facts, its name and room, and what is seldom done. */
function details(attempt) {
  let device = null;
  const name = make("input", { maxLength: 64, required: true });
  const room = make("input", { maxLength: 64 });
  const facts = make("dl");
  const form = make("form", {}, ...labelled(t("name"), name), ...labelled(t("room"), room), make("button", { textContent: t("save") }));
  const refresh = make("button", { type: "button", className: "quiet", textContent: t("refresh") });
  const again = make("button", { type: "button", className: "quiet", textContent: t("interview") });
  const remove = make("button", { type: "button", className: "quiet", textContent: t("remove") });
  const sure = make("button", { type: "button", className: "danger", hidden: true });
  const node = make("details", {}, make("summary", { textContent: t("details") }), facts, form, make("div", { className: "row" }, refresh, again, remove, sure));

  form.onsubmit = async (event) => {
    event.preventDefault();
    const body = { room: room.value.trim() || null };
    if (name.value.trim() !== device.name) body.name = name.value.trim();
    if (await attempt(() => ask("PATCH", pathOf(device), body))) node.open = false;
  };
  refresh.onclick = () => attempt(() => ask("POST", pathOf(device, "/refresh"), {}), refresh);
  again.onclick = () => attempt(() => ask("POST", pathOf(device, "/interview"), {}), again);
  remove.onclick = () => {
    sure.hidden = !sure.hidden;
    if (!sure.hidden) sure.focus();
  };
  sure.onclick = () => attempt(() => ask("DELETE", pathOf(device)), sure);
  node.ontoggle = () => {
    sure.hidden = true;
    if (node.open) fill();
  };

  function fill() {
    name.value = device.name;
    room.value = device.room ?? "";
  }

  function update(next) {
    device = next;
    const { state } = device;
    write(sure, t("remove_sure", { name: device.name }));
    const rows = [
      ["model", [device.manufacturer, device.model, device.software].filter(Boolean).join(" ") || "–"],
      ["address", device.ieee],
      ["battery", state.battery === undefined ? null : percent(state.battery)],
      ["link", state.linkquality === undefined ? null : t("of_255", { value: number(state.linkquality) })],
      ["last_seen", age(device.last_seen)],
    ].filter(([, value]) => value !== null);
    if (facts.children.length !== rows.length * 2) {
      facts.replaceChildren(...rows.flatMap(([key]) => [make("dt", { textContent: t(key) }), make("dd")]));
    }
    rows.forEach(([, value], index) => write(facts.children[index * 2 + 1], value));
  }

  return { node, update };
}

/** Everything about a device that its people should look at. */
export function problemsOf(device) {
  const { name, state } = device;
  const problems = [];
  const say = (key) => problems.push(t(key, { name, step: (device.interview_step ?? "?").replaceAll("_", " ") }));
  if (state.lock_state === "jammed") say("problem_jammed");
  if (state.lock_state === "unknown") say("problem_lock_unknown");
  if (state.lock_state === "not_fully_locked") say("problem_not_fully_locked");
  if (state.tamper) say("problem_tamper");
  if (device.interview === "failed") say("problem_interview");
  if (device.interview === "done" && !device.available) say("problem_unavailable");
  if (state.battery_low || (typeof state.battery === "number" && state.battery < 10)) say("problem_battery");
  return problems;
}
