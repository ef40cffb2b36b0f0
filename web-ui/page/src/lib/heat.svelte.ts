// Wishes for temperatures on their way to the valves: shown at once, confirmed by the device or taken back with the reason.

import { SvelteMap } from "svelte/reactivity";

import { ask, type Device, type Outcome, pathOf } from "./api";
import { texts } from "./i18n.svelte";
import { complain, tell } from "./toasts.svelte";
import { degrees, duration } from "./words";

export const SETPOINT = "occupied_heating_setpoint";
// Taps in a row become one command: each costs a sleeping device battery.
const PAUSE = 700;

const t = texts({
  en: { set: (name: string, value: string) => `${name}: ${value}`, waits: (span: string) => `Arrives when the valve wakes up, within ${span}.` },
  de: { set: (name: string, value: string) => `${name}: ${value}`, waits: (span: string) => `Kommt an, sobald das Ventil aufwacht, spätestens in ${span}.` },
});

interface Wish {
  value: number;
  before: number | null;
  sent: boolean;
}

/** Wishes that the hub has not taken yet, by device. */
export const wishes = new SvelteMap<string, Wish>();
/** What the hub said of a wish that waits for its device, by device. */
export const waits = new SvelteMap<string, string>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export const limits = (device: Device) => device.limits ?? { min: 5, max: 30 };

/** What a thermostat is to keep, as far as anybody knows: the wish, what waits for the device, what it has. */
export const target = (device: Device): number | null =>
  wishes.get(device.ieee)?.value ?? device.state.pending?.occupied_heating_setpoint ?? device.state[SETPOINT] ?? null;

export const isSending = (device: Device): boolean => wishes.has(device.ieee);
export const isPending = (device: Device): boolean => device.state.pending?.occupied_heating_setpoint !== undefined;
export const isHeating = (device: Device): boolean => device.state.running_state === "heat";

/** Wants another temperature in degrees Celsius. */
export function want(device: Device, celsius: number): void {
  const { min, max } = limits(device);
  const value = Math.min(max, Math.max(min, Math.round(celsius * 10) / 10));
  const before = wishes.get(device.ieee)?.before ?? target(device);
  wishes.set(device.ieee, { value, before, sent: false });
  clearTimeout(timers.get(device.ieee));
  timers.set(device.ieee, setTimeout(() => void send(device), PAUSE));
}

async function send(device: Device): Promise<void> {
  const wish = wishes.get(device.ieee);
  if (!wish) return;
  wishes.set(device.ieee, { ...wish, sent: true });
  try {
    const answer = await ask<Record<string, Outcome>>("POST", pathOf(device, "/set"), { [SETPOINT]: wish.value });
    const outcome = answer[SETPOINT];
    if (outcome?.outcome === "pending") waits.set(device.ieee, t().waits(duration(outcome.within_seconds ?? 300)));
    else waits.delete(device.ieee);
    const { before } = wish;
    const undo = before !== null && before !== wish.value ? () => want(device, before) : undefined;
    tell(t().set(device.name, degrees(wish.value)), { undo });
  } catch (problem) {
    complain(problem);
  } finally {
    // A newer wish has its own turn.
    if (wishes.get(device.ieee)?.value === wish.value) wishes.delete(device.ieee);
  }
}

/** The next step up or down, also from a value between two. */
export function step(device: Device, direction: 1 | -1): void {
  const steps = (target(device) ?? limits(device).min) / 0.5;
  const next = direction > 0 ? Math.floor(steps) + 1 : Math.ceil(steps) - 1;
  want(device, next * 0.5);
}
