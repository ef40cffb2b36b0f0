// What happened, in words: the hub tells kinds and parts, the page makes sentences.

import type { Event } from "./api";
import { texts } from "./i18n.svelte";

const t = texts({
  en: {
    locked: "locked", unlocked: "unlocked", jammed: "jammed", not_fully_locked: "not fully locked", unknown: "unknown", other: "told something of its own",
    lock_failed: "could not lock", unlock_failed: "could not unlock", bad_pin: "a wrong code was typed", tamper: "was tampered with", forced: "was forced open",
    keypad: "at the keypad", rf: "by radio", manual: "by hand", rfid: "by a tag", auto: "by itself", slot: (n: number) => `code ${n}`,
    bolt: (from: string, to: string) => `went from ${from} to ${to}`, asked: (who: string, what: string) => `${who} asked it to ${what}`, failed: (what: string, why: string) => `${what} failed: ${why}`,
    lock: "lock", unlock: "unlock", set_pin: "set a code", clear_pin: "remove a code",
    joined: "joined", removed: (name: string) => `${name} was removed`, renamed: (from: string, to: string) => `${from} is called ${to} now`,
    open: (seconds: number) => `New devices may join for ${seconds} s`, closed: "New devices may join no longer", online: (name: string) => `Adapter ${name} is online`, offline: (name: string, why: string) => `Adapter ${name} is offline: ${why}`, refused: (name: string, why: string) => `Adapter ${name} was left alone: ${why}`,
    cli: "The command line", page: (who: string) => who, mqtt: (who: string) => `${who} (MQTT)`, voice: (who: string) => `The assistant ${who}`,
  },
  de: {
    locked: "verriegelt", unlocked: "entriegelt", jammed: "klemmt", not_fully_locked: "nicht ganz verriegelt", unknown: "unbekannt", other: "meldete etwas Eigenes",
    lock_failed: "ließ sich nicht verriegeln", unlock_failed: "ließ sich nicht entriegeln", bad_pin: "ein falscher Code wurde eingegeben", tamper: "wurde manipuliert", forced: "wurde aufgebrochen",
    keypad: "am Tastenfeld", rf: "per Funk", manual: "von Hand", rfid: "mit einem Chip", auto: "von selbst", slot: (n: number) => `Code ${n}`,
    bolt: (from: string, to: string) => `ging von ${from} auf ${to}`, asked: (who: string, what: string) => `${who} wollte: ${what}`, failed: (what: string, why: string) => `${what} ist gescheitert: ${why}`,
    lock: "verriegeln", unlock: "entriegeln", set_pin: "Code setzen", clear_pin: "Code entfernen",
    joined: "ist dazugekommen", removed: (name: string) => `${name} wurde entfernt`, renamed: (from: string, to: string) => `${from} heißt jetzt ${to}`,
    open: (seconds: number) => `Neue Geräte sind ${seconds} s lang zugelassen`, closed: "Neue Geräte sind nicht mehr zugelassen", online: (name: string) => `Adapter ${name} ist verbunden`, offline: (name: string, why: string) => `Adapter ${name} ist getrennt: ${why}`, refused: (name: string, why: string) => `Adapter ${name} wurde in Ruhe gelassen: ${why}`,
    cli: "Die Kommandozeile", page: (who: string) => who, mqtt: (who: string) => `${who} (MQTT)`, voice: (who: string) => `Der Assistent ${who}`,
  },
});

/** The word for something, or the hub's own if there is none: devices know more than we do. */
function word(key: string | undefined | null): string {
  const known = (t() as Record<string, unknown>)[key ?? ""];
  return typeof known === "string" ? known : (key ?? "").replaceAll("_", " ");
}

function who(origin: string | undefined | null): string {
  const [kind, name] = (origin ?? "").split(/:(.*)/s);
  if (kind === "page") return t().page(name ?? "");
  if (kind === "mqtt") return t().mqtt(name ?? "");
  if (kind === "voice") return t().voice(name ?? "");
  return t().cli;
}

/** What happened, without the device's name. */
export function happening(event: Event): string {
  const adapter = event.adapter ?? "";
  const why = event.reason ?? "";
  switch (event.event) {
    case "bolt":
      return t().bolt(word(event.from), word(event.to));
    case "commanded":
      return t().asked(who(event.origin), word(event.action));
    case "command_failed":
      return t().failed(word(event.action), why);
    case "joined":
      return t().joined;
    case "removed":
      return t().removed(event.name ?? "");
    case "renamed":
      return t().renamed(event.from ?? "", event.to ?? "");
    case "permit_join":
      return event.seconds ? t().open(event.seconds) : t().closed;
    case "adapter_online":
      return t().online(adapter);
    case "adapter_offline":
      return t().offline(adapter, why);
    case "adapter_refused":
      return t().refused(adapter, why);
    default: {
      const by = [event.source && event.source !== "unknown" ? word(event.source) : "", event.user != null ? t().slot(event.user) : ""].filter(Boolean).join(", ");
      return by ? `${word(event.event)} (${by})` : word(event.event);
    }
  }
}

/** Whether the sentence names its device itself. */
export const isWhole = (event: Event): boolean => ["removed", "renamed", "permit_join"].includes(event.event) || event.event.startsWith("adapter_");
