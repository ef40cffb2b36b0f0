// What is said about what leaves the house.

import { texts } from "../../lib/i18n.svelte";
import { type Block, deviceOf, nameOf, strings } from "./blocks";

export const t = texts({
  en: {
    title: "What leaves the house", nothing: "Nothing", nothingAbout: "No assistant hears anything of this house, and none can do anything in it. It stays so until you grant something here.", some: "Only this", paused: "Nothing, for now", pausedAbout: "Everything is paused. What is granted below is told to nobody until you go on.",
    pause: "Stop everything", resume: "Go on", resumeSure: "What is granted is told again. Go on?", cancel: "Cancel", way: "The way out", assistants: "Assistants", hears: "hears and may", last: (age: string) => `Last told something ${age}`, never: "Was never told anything", preview: "What it gets now, byte for byte", question: "Question", answer: "Answer", bytes: (n: number) => `${n} bytes`, none: "Nothing is granted to it.",
    no_policy: "No policy: nothing can leave.", no_socket: "No way out is set up: nothing can leave, whatever is granted.", not_paired: "No relay is paired: nothing can leave. `hearth gateway pair` makes its key.", waiting: "The gateway is not connected now.", connected: "The gateway is connected.", broken: "The way out is broken.",
    never_title: "Never leaves, whatever you grant", never_codes: "Door codes, and who opened when", never_raw: "Measured temperatures and their history", never_names: "Names of devices, rooms and people", never_who: "Whether anybody is at home",
    ledger: "The ledger", ledgerAbout: "Everything that left, in the order it left. Each entry is tied to the one before it.", verify: "Check it", sound: (n: number) => `Nothing was changed: ${n} entries fit together.`, unsound: (why: string) => `Not as it was written: ${why}`, head: "Note this to compare later", exported: "Everything as a file", older: "Older", all: "All", audience: "Assistant", kind: "Kind", empty: "Nothing has left yet.", body: "What left",
    editor: "Change what is granted", add: "Let an assistant hear or do something", what: "What", doors: "Hear whether all doors are locked", heating: "Hear whether it is heating", comfort: "Hear cold, comfortable or warm", setpoint: "Set a temperature, between 15 and 23 °C", lock: "Lock doors (never unlock)", assistant: "Assistant", new_alexa: "A new Alexa", new_google: "A new Google Assistant", alias: "What you call it when you speak", devices: "Of these", put: "Put it on the list", current: "On the list", remove: "Remove", raw: "The whole policy as text", check: "See what changes", nochange: "Nothing changes.", widens: "More leaves the house", narrows: "Less leaves the house", same: "Otherwise", type: (code: string) => `Type ${code} to let this leave the house`, apply: "Put it into force", applied: "In force.", wrong: "This can't be put into force:", discard: "Discard",
    tryit: "Ask as an assistant would", rights: "Only an admin can change what leaves the house.",
    read: (who: string, alias: string, what: string) => `${who} may ask for “${alias}”: ${what}`, setpoint_s: (who: string, alias: string, device: string, min: string, max: string) => `${who} may set “${alias}” (${device}) between ${min} and ${max} °C; it is not told how warm it is`, lock_s: (who: string, alias: string, devices: string) => `${who} may lock “${alias}” (${devices}), and not unlock`, unlock_s: (who: string, alias: string, devices: string) => `${who} may unlock “${alias}” (${devices}) with a PIN`, other: (who: string, alias: string, verb: string) => `${who} may do “${alias}” (${verb})`, values: (values: string, devices: string) => `one of ${values}, made from ${devices}`,
  },
  de: {
    title: "Was das Haus verlässt", nothing: "Nichts", nothingAbout: "Kein Assistent erfährt etwas von diesem Haus, und keiner kann darin etwas tun. Das bleibt so, bis Sie hier etwas erlauben.", some: "Nur das", paused: "Vorerst nichts", pausedAbout: "Alles ist angehalten. Was unten erlaubt ist, erfährt niemand, bis Sie fortsetzen.",
    pause: "Alles anhalten", resume: "Fortsetzen", resumeSure: "Was erlaubt ist, wird wieder mitgeteilt. Fortsetzen?", cancel: "Abbrechen", way: "Der Weg hinaus", assistants: "Assistenten", hears: "erfährt und darf", last: (age: string) => `Zuletzt etwas mitgeteilt ${age}`, never: "Hat noch nie etwas erfahren", preview: "Was er jetzt bekommt, Byte für Byte", question: "Frage", answer: "Antwort", bytes: (n: number) => `${n} Bytes`, none: "Ihm ist nichts erlaubt.",
    no_policy: "Keine Regeln: Nichts kann hinaus.", no_socket: "Kein Weg hinaus ist eingerichtet: Nichts kann hinaus, was auch erlaubt ist.", not_paired: "Kein Relais ist gekoppelt: Nichts kann hinaus. `hearth gateway pair` macht den Schlüssel dafür.", waiting: "Das Gateway ist gerade nicht verbunden.", connected: "Das Gateway ist verbunden.", broken: "Der Weg hinaus ist gestört.",
    never_title: "Geht nie hinaus, was Sie auch erlauben", never_codes: "Türcodes, und wer wann geöffnet hat", never_raw: "Gemessene Temperaturen und ihr Verlauf", never_names: "Namen von Geräten, Räumen und Personen", never_who: "Ob jemand zu Hause ist",
    ledger: "Das Buch", ledgerAbout: "Alles, was hinausging, in der Reihenfolge, in der es ging. Jeder Eintrag hängt am vorigen.", verify: "Prüfen", sound: (n: number) => `Nichts wurde verändert: ${n} Einträge passen zusammen.`, unsound: (why: string) => `Nicht mehr, wie es geschrieben wurde: ${why}`, head: "Notieren, um später zu vergleichen", exported: "Alles als Datei", older: "Ältere", all: "Alle", audience: "Assistent", kind: "Art", empty: "Noch ist nichts hinausgegangen.", body: "Was hinausging",
    editor: "Ändern, was erlaubt ist", add: "Einem Assistenten etwas erlauben", what: "Was", doors: "Hören, ob alle Türen verriegelt sind", heating: "Hören, ob geheizt wird", comfort: "Hören: kalt, angenehm oder warm", setpoint: "Eine Temperatur setzen, zwischen 15 und 23 °C", lock: "Türen verriegeln (nie entriegeln)", assistant: "Assistent", new_alexa: "Eine neue Alexa", new_google: "Ein neuer Google Assistant", alias: "Wie Sie es nennen, wenn Sie sprechen", devices: "Davon", put: "Auf die Liste setzen", current: "Auf der Liste", remove: "Entfernen", raw: "Alle Regeln als Text", check: "Zeigen, was sich ändert", nochange: "Nichts ändert sich.", widens: "Mehr verlässt das Haus", narrows: "Weniger verlässt das Haus", same: "Sonst", type: (code: string) => `${code} eintippen, damit das das Haus verlassen darf`, apply: "In Kraft setzen", applied: "In Kraft.", wrong: "Das kann nicht in Kraft treten:", discard: "Verwerfen",
    tryit: "Fragen, wie ein Assistent es täte", rights: "Nur wer die Zentrale verwaltet, kann ändern, was das Haus verlässt.",
    read: (who: string, alias: string, what: string) => `${who} darf nach „${alias}“ fragen: ${what}`, setpoint_s: (who: string, alias: string, device: string, min: string, max: string) => `${who} darf „${alias}“ (${device}) zwischen ${min} und ${max} °C setzen; wie warm es ist, erfährt er nicht`, lock_s: (who: string, alias: string, devices: string) => `${who} darf „${alias}“ (${devices}) verriegeln, nicht entriegeln`, unlock_s: (who: string, alias: string, devices: string) => `${who} darf „${alias}“ (${devices}) mit einer PIN entriegeln`, other: (who: string, alias: string, verb: string) => `${who} darf „${alias}“ tun (${verb})`, values: (values: string, devices: string) => `eines von ${values}, gemacht aus ${devices}`,
  },
});

/** A grant as a sentence, from the policy's own words. */
export function sentence(grant: Block, blocks: Block[]): string {
  const who = nameOf(grant);
  const { alias = "", verb = "", summary = "" } = grant.fields;
  if (grant.header.endsWith(".read")) {
    const source = blocks.find((block) => block.header === `summary.${summary}`);
    const devices = strings(source?.fields.source).map(deviceOf).join(", ");
    return t().read(who, alias, t().values(strings(source?.fields.values).join(" / "), devices || "–"));
  }
  const targets = strings(grant.fields.target).map((target) => target.split(".").slice(1).join(".")).join(", ");
  if (verb === "set_setpoint") return t().setpoint_s(who, alias, targets, grant.fields.min ?? "–", grant.fields.max ?? "–");
  if (verb === "lock") return t().lock_s(who, alias, targets);
  if (verb === "unlock") return t().unlock_s(who, alias, targets);
  return t().other(who, alias, verb);
}
