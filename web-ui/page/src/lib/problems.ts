// What somebody should look at, most urgent first.

import type { Device, Gateway, Status } from "./api";
import { texts } from "./i18n.svelte";
import { isLock, lockState } from "./locks";
import { at } from "./route.svelte";
import { ago, percent } from "./words";

const t = texts({
  en: {
    jammed: (name: string) => `${name} is jammed. Check that the door is shut and the bolt moves freely, then lock it again.`,
    partly: (name: string) => `${name} is not fully locked.`,
    unknown: (name: string) => `${name} does not say whether it is locked. Look at the door, or ask the lock again.`,
    away: (name: string, age: string) => `${name} is out of reach; last heard ${age}.`,
    battery: (name: string, left: string) => `The battery of ${name} is low (${left}).`,
    tamper: (name: string) => `${name} was tampered with.`,
    interview: (name: string) => `${name} could not be set up. Wake it up and try again.`,
    adapter: (name: string, why: string) => `Adapter ${name} is not working${why}.`,
    disk: (why: string) => `The hub can't write to its disk: ${why}`,
    gateway: (why: string) => `The way to the assistants: ${why}`,
  },
  de: {
    jammed: (name: string) => `${name} klemmt. Ist die Tür zu und der Riegel frei? Dann noch einmal verriegeln.`,
    partly: (name: string) => `${name} ist nicht ganz verriegelt.`,
    unknown: (name: string) => `${name} sagt nicht, ob verriegelt ist. Bitte an der Tür nachsehen oder erneut abfragen.`,
    away: (name: string, age: string) => `${name} ist nicht erreichbar; zuletzt gehört ${age}.`,
    battery: (name: string, left: string) => `Die Batterie von ${name} ist schwach (${left}).`,
    tamper: (name: string) => `An ${name} wurde manipuliert.`,
    interview: (name: string) => `${name} ließ sich nicht einrichten. Bitte aufwecken und erneut versuchen.`,
    adapter: (name: string, why: string) => `Adapter ${name} arbeitet nicht${why}.`,
    disk: (why: string) => `Die Zentrale kann nicht auf ihren Datenträger schreiben: ${why}`,
    gateway: (why: string) => `Der Weg zu den Assistenten: ${why}`,
  },
});

export interface Trouble {
  key: string;
  tone: "bad" | "warn";
  text: string;
  href?: string;
}

export function problems(devices: Device[], status: Status | null, gateway: Gateway | null): Trouble[] {
  const found: Trouble[] = [];
  const about = (device: Device) => (isLock(device) ? at("locks", device.ieee) : at("more", "devices", device.ieee));
  for (const device of devices) {
    const { name, state } = device;
    const add = (key: string, tone: Trouble["tone"], text: string) => found.push({ key: `${device.ieee} ${key}`, tone, text, href: about(device) });
    if (device.interview === "failed") add("interview", "warn", t().interview(name));
    if (device.interview !== "done") continue;
    if (!device.available) add("away", isLock(device) ? "bad" : "warn", t().away(name, ago(device.last_seen)));
    else if (isLock(device)) {
      const bolt = lockState(device);
      if (bolt === "jammed") add("jammed", "bad", t().jammed(name));
      if (bolt === "not_fully_locked") add("partly", "bad", t().partly(name));
      if (bolt === "unknown") add("unknown", "warn", t().unknown(name));
    }
    if (state.tamper === true) add("tamper", "bad", t().tamper(name));
    if (state.battery_low === true || (state.battery ?? 100) < 10) add("battery", "warn", t().battery(name, percent(state.battery)));
  }
  for (const adapter of status?.adapters ?? []) {
    if (adapter.status === "offline" || adapter.status === "refused") {
      const text = t().adapter(adapter.name, adapter.reason ? `: ${adapter.reason}` : "");
      found.push({ key: `adapter ${adapter.name}`, tone: "bad", text, href: at("more", "adapters") });
    }
  }
  if (status?.store.problem) found.push({ key: "disk", tone: "bad", text: t().disk(status.store.problem), href: at("more", "system") });
  if (gateway?.problem) found.push({ key: "gateway", tone: "warn", text: t().gateway(gateway.problem), href: at("leaves") });
  return found.sort((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
}
