// How locks are shown: only ever what they reported, with its age.

import { type Device, now } from "./api";
import { texts } from "./i18n.svelte";
import type { IconName } from "../ui/Icon.svelte";

/** A report older than this says nothing about the door any more. Locks report at least hourly. */
const FRESH = 26 * 3600_000;

export type LockState = "locked" | "unlocked" | "not_fully_locked" | "jammed" | "locking" | "unlocking" | "unknown";

export const lockWords = texts({
  en: { locked: "Locked", unlocked: "Unlocked", not_fully_locked: "Not fully locked", jammed: "Jammed", locking: "Locking…", unlocking: "Unlocking…", unknown: "Unknown" },
  de: { locked: "Verriegelt", unlocked: "Entriegelt", not_fully_locked: "Nicht ganz verriegelt", jammed: "Klemmt", locking: "Verriegelt gerade…", unlocking: "Entriegelt gerade…", unknown: "Unbekannt" },
});

const STATES = new Set(["locked", "unlocked", "not_fully_locked", "jammed", "locking", "unlocking"]);

/** What may be said of a lock. One that is out of reach, or silent for long, may stand open: never "locked". */
export function lockState(device: Device): LockState {
  const word = device.state.lock_state ?? "unknown";
  if (!STATES.has(word) || !device.available) return "unknown";
  const age = now() - Date.parse(device.reported_at.lock_state ?? "");
  return age < FRESH || word.endsWith("ing") ? (word as LockState) : "unknown";
}

export const lockIcon = (state: LockState): IconName =>
  state === "locked" ? "lock" : state === "jammed" || state === "unknown" || state === "not_fully_locked" ? "warn" : "unlock";

export const lockTone = (state: LockState): "good" | "bad" | "warn" | "plain" =>
  state === "locked" ? "good" : state === "jammed" ? "bad" : state === "locking" || state === "unlocking" ? "plain" : "warn";

export const isLock = (device: Device): boolean => device.capabilities.includes("lock");
export const isThermostat = (device: Device): boolean => device.capabilities.includes("thermostat");
