// What most people want an assistant to hear or do, as blocks of a policy.

import { apart, fresh, isAudience, nameOf, quote } from "./blocks";

export type Recipe = "doors" | "heating" | "comfort" | "setpoint" | "lock";

export interface Wish {
  recipe: Recipe;
  /** The audience's name, and whose it is if it is new. */
  audience: string;
  vendor: "alexa" | "google";
  /** What people call it when they speak. */
  alias: string;
  /** The devices' names. */
  devices: string[];
}

const list = (items: string[]): string => `[${items.map(quote).join(", ")}]`;

/** What each recipe is about. */
export const KIND: Record<Recipe, "lock" | "thermostat"> = { doors: "lock", heating: "thermostat", comfort: "thermostat", setpoint: "thermostat", lock: "lock" };

/** The text with a wish added to it. Applying it shows what widens. */
export function add(text: string, wish: Wish): string {
  let next = text.trim() === "" ? "version = 1\n" : text.endsWith("\n") ? text : `${text}\n`;
  const known = apart(next).filter(isAudience).map(nameOf);
  if (!known.includes(wish.audience)) {
    next += `\n[audience.${wish.audience}]\nkind = ${quote(wish.vendor)}\ncadence = "15m"\n`;
  }
  const read = (summary: string, face: string) =>
    `\n[[audience.${wish.audience}.read]]\nsummary = ${quote(summary)}\nas = ${quote(face)}\nalias = ${quote(wish.alias)}\n`;
  const name = fresh(next, wish.recipe);
  switch (wish.recipe) {
    case "doors":
      return `${next}\n[summary.${name}]\nsource = ${list(wish.devices.map((device) => `lock.${device}.bolt`))}\ntransform = { all_of = "locked" }\nvalues = ["locked", "unlocked", "unknown"]\n${read(name, "lock_state")}`;
    case "heating":
      return `${next}\n[summary.${name}]\nsource = ${list(wish.devices.map((device) => `thermostat.${device}.call_for_heat`))}\ntransform = { any_of = true, hold_for = "15m" }\nvalues = ["on", "off", "unknown"]\n${read(name, "toggle")}`;
    case "comfort":
      return `${next}\n[summary.${name}]\nsource = ${list(wish.devices.slice(0, 1).map((device) => `thermostat.${device}.temperature`))}\ntransform = { band = [{ below = 18.0, as = "cold" }, { below = 23.0, as = "comfortable" }, { as = "warm" }], hysteresis = 0.5 }\nvalues = ["cold", "comfortable", "warm", "unknown"]\n${read(name, "mode")}`;
    case "setpoint":
      return `${next}\n[[audience.${wish.audience}.control]]\nverb = "set_setpoint"\ntarget = ${quote(`thermostat.${wish.devices[0] ?? ""}`)}\nmin = 15.0\nmax = 23.0\nstep = 0.5\nalias = ${quote(wish.alias)}\n`;
    case "lock":
      return `${next}\n[[audience.${wish.audience}.control]]\nverb = "lock"\ntarget = ${list(wish.devices.map((device) => `lock.${device}`))}\nas = "scene"\nalias = ${quote(wish.alias)}\n`;
  }
}
