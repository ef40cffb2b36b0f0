// How values read: numbers, times and states in the reader's language.

import { now } from "./api.js";
import { known, language, t } from "./texts.js";

const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const NONE = "–";

const isNumber = (value) => typeof value === "number";

export const number = (value) => (isNumber(value) ? decimal.format(value) : NONE);
export const degrees = (value) => (isNumber(value) ? `${decimal.format(value)} °C` : NONE);
export const percent = (value) => (isNumber(value) ? `${decimal.format(value)} %` : NONE);
export const time = (milliseconds) => clock.format(milliseconds);

/** How long ago a point in time was: "3 min. ago". */
export function age(iso) {
  const seconds = Math.max(0, (now() - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return t("never");
  for (const [unit, length] of [["day", 86_400], ["hour", 3600], ["minute", 60]]) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return relative.format(0, "minute");
}

/** The age of a device's value, and a word if the hub has restarted since. */
export function ageOf(device, key) {
  const text = age(device.reported_at[key]);
  return device.state.stale?.includes(key) ? `${text}, ${t("stale")}` : text;
}

/** The text `prefix_word`, or the word itself where there is none: devices may know more words than we do. */
export function word(prefix, text) {
  const key = `${prefix}_${text}`;
  return known(key) ? t(key) : String(text ?? NONE).replaceAll("_", " ");
}

/** Whether a device has this capability. */
export const can = (device, capability) => device.capabilities.includes(capability);

/** How far a device's interview is. */
export function interview(device) {
  const step = (device.interview_step ?? NONE).replaceAll("_", " ");
  const model = [device.manufacturer, device.model].filter(Boolean).join(" ") || NONE;
  return t(`interview_${device.interview}`, { name: device.name, step, model });
}

const waitingPart = (answer) => [answer, ...Object.values(answer ?? {})].find((one) => one?.outcome === "pending");

/** Whether a wish waits for a device that sleeps. */
export const isPending = (answer) => waitingPart(answer) !== undefined;

/** What became of a wish, from the answer to it. */
export function outcome(answer) {
  const waiting = waitingPart(answer);
  if (!waiting) return t("done");
  return t("pending", { minutes: Math.ceil((waiting.within_seconds ?? 0) / 60) });
}

/** Why something did not work. */
export const failure = (problem) => t("failed", { detail: problem.message || t("no_answer") });
