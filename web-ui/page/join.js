// Letting new devices in: the countdown, and how far each newcomer is.

import { ask } from "./api.js";
import { byId, make, write } from "./dom.js";
import { t } from "./texts.js";
import { failure, interview } from "./words.js";

const SECONDS = 120;

/** The panel; returns how to feed it. */
export function join() {
  const [state, list, start, stop] = ["join-state", "join-list", "join-start", "join-stop"].map(byId);
  const until = new Map();
  const rows = new Map();
  let problem = "";

  async function permit(seconds) {
    problem = "";
    try {
      await ask("POST", "/permit-join", { seconds });
    } catch (refused) {
      problem = failure(refused);
    }
    tick();
  }
  start.onclick = () => permit(SECONDS).then(() => stop.focus());
  stop.onclick = () => permit(0).then(() => start.focus());

  /** How long an adapter is open still. */
  function open(adapter, seconds) {
    if (seconds > 0) until.set(adapter, performance.now() + seconds * 1000);
    else until.delete(adapter);
    tick();
  }

  function tick() {
    const left = Math.ceil((Math.max(0, ...until.values()) - performance.now()) / 1000);
    const isOpen = left > 0;
    write(state, isOpen ? t("join_open", { seconds: left }) : problem);
    start.hidden = isOpen;
    stop.hidden = !isOpen;
  }

  /** A device, which may be a newcomer. */
  function device(device) {
    let row = rows.get(device.ieee);
    if (!row && device.interview === "done") return;
    if (!row) {
      row = make("li");
      rows.set(device.ieee, row);
      list.append(row);
    }
    write(row, interview(device));
  }

  /** A device that is gone. */
  function gone(ieee) {
    rows.get(ieee)?.remove();
    rows.delete(ieee);
  }

  return { open, device, gone, tick };
}
