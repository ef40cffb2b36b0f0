// The page: logging in, what the house looks like now, and keeping it so.

import { ask, follow, now } from "./api.js";
import { card, problemsOf } from "./card.js";
import { byId, make, write } from "./dom.js";
import { join } from "./join.js";
import { language, t } from "./texts.js";
import { time, word } from "./words.js";

const devices = new Map();
const adapters = new Map();
const cards = new Map();
let status = null, heardAt = now(), layout = "", unfollow = null;

document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
const joining = join();

// Getting in and out

function showLogin() {
  unfollow?.();
  unfollow = null;
  devices.clear();
  renderAll();
  byId("bar").hidden = byId("house").hidden = byId("offline").hidden = true;
  byId("login").hidden = false;
  byId("user").focus();
}

byId("login-form").onsubmit = async (event) => {
  event.preventDefault();
  const [user, password] = [byId("user"), byId("password")];
  try {
    await ask("POST", "/session", { user: user.value, password: password.value });
  } catch (problem) {
    write(byId("login-error"), problem.status === 401 ? t("login_failed") : problem.message || t("no_answer"));
    return;
  }
  password.value = "";
  write(byId("login-error"), "");
  enter();
};

byId("logout").onclick = async () => {
  await ask("DELETE", "/session").catch(() => null);
  showLogin();
};

function enter() {
  byId("login").hidden = true;
  byId("bar").hidden = byId("house").hidden = false;
  unfollow = follow({ reload, change, lost });
}

// The house as it is

/** Asks for everything; returns whether that went well. */
async function reload() {
  try {
    const [all, hub] = await Promise.all([ask("GET", "/devices"), ask("GET", "/status")]);
    devices.clear();
    adapters.clear();
    for (const device of all) devices.set(device.ieee, device);
    for (const adapter of hub.adapters) learnAdapter(adapter);
    status = hub;
    all.forEach(joining.device);
  } catch (problem) {
    if (problem.status === 401) showLogin();
    return problem.status === 401;
  }
  fresh();
  renderAll();
  return true;
}

function change(news) {
  fresh();
  if (news.change === "device") {
    devices.set(news.device.ieee, news.device);
    joining.device(news.device);
  } else if (news.change === "removed") {
    devices.delete(news.ieee);
    joining.gone(news.ieee);
  } else if (news.change === "adapter") {
    learnAdapter(news.adapter);
  } else if (news.change === "permit_join") {
    joining.open(news.adapter, news.seconds);
  }
  renderAll();
}

function learnAdapter(adapter) {
  adapters.set(adapter.name, adapter);
  joining.open(adapter.name, adapter.joinable_seconds);
}

function fresh() {
  heardAt = now();
  byId("offline").hidden = true;
  byId("house").inert = false;
}

/** What is shown may be old: say so, and let nobody command on it. */
async function lost() {
  const banner = byId("offline");
  write(banner, t("offline", { time: time(heardAt) }));
  banner.hidden = false;
  byId("house").inert = true;
  // The stream does not tell why it ended; an ended session is one reason.
  await ask("GET", "/status").catch((problem) => problem.status === 401 && showLogin());
}

// Showing it

function renderAll() {
  renderProblems();
  renderRooms();
  write(byId("about"), status ? t("about", status) : "");
}

function renderProblems() {
  const problems = [];
  if (status?.store?.problem) problems.push(t("problem_store", { reason: status.store.problem }));
  for (const { name, status: state, reason } of adapters.values()) {
    if (state === "online") continue;
    problems.push(t("problem_adapter", { name, state: word("adapter", state), reason: reason ?? "" }).trim());
  }
  for (const device of sorted()) problems.push(...problemsOf(device));
  const section = byId("problems");
  // Read out only when it changed.
  if (section.dataset.shown === problems.join("\n")) return;
  section.dataset.shown = problems.join("\n");
  const list = make("ul", {}, ...problems.map((text) => make("li", { textContent: text })));
  section.replaceChildren(...(problems.length ? [make("h2", { textContent: t("problems") }), list] : []));
}

const sorted = () => [...devices.values()].sort((a, b) => a.name.localeCompare(b.name, language));

function renderRooms() {
  for (const ieee of cards.keys()) if (!devices.has(ieee)) cards.delete(ieee);
  for (const [ieee, device] of devices) {
    if (cards.has(ieee)) cards.get(ieee).update(device);
    else cards.set(ieee, card(device));
  }
  const rooms = byRoom();
  const order = [...rooms.keys()].sort((a, b) => !a - !b || a.localeCompare(b, language));
  // Moving a card takes the focus from it, so that is done only where the order changed.
  const next = JSON.stringify(order.map((room) => [room, rooms.get(room).map((device) => device.ieee)]));
  if (next === layout) return;
  layout = next;
  const sections = order.map((room) => {
    const title = make("h2", { textContent: room || t("no_room") });
    const grid = make("div", { className: "grid" }, ...rooms.get(room).map((device) => cards.get(device.ieee).node));
    return make("section", {}, title, grid);
  });
  byId("rooms").replaceChildren(...(sections.length ? sections : [make("p", { textContent: t("no_devices") })]));
}

function byRoom() {
  const rooms = new Map();
  for (const device of sorted()) {
    const room = device.room ?? "";
    rooms.set(room, [...(rooms.get(room) ?? []), device]);
  }
  return rooms;
}

setInterval(joining.tick, 1000);
// Ages grow by themselves.
setInterval(renderRooms, 10_000);

ask("GET", "/status").then(enter, (problem) => (problem.status === 401 ? showLogin() : enter()));
