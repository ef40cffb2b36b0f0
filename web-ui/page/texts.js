// Every text of the page, in English and German. Braces are filled in by t().

const texts = {
  log_in: ["Log in", "Anmelden"],
  log_out: ["Log out", "Abmelden"],
  user: ["Name", "Name"],
  password: ["Password", "Passwort"],
  login_failed: [
    "Wrong name or password, or too many attempts.",
    "Name oder Passwort falsch, oder zu viele Versuche.",
  ],
  offline: [
    "No connection to the hub. This is what was known at {time}.",
    "Keine Verbindung zur Zentrale. Stand von {time} Uhr.",
  ],
  about: ["{name} {version}", "{name} {version}"],
  no_room: ["Without a room", "Ohne Raum"],
  no_devices: ["No devices yet.", "Noch keine Geräte."],

  problems: ["Needs a look", "Bitte ansehen"],
  problem_adapter: ["Adapter {name}: {state}. {reason}", "Adapter {name}: {state}. {reason}"],
  problem_jammed: [
    "{name} is jammed. Check that the door is shut and the bolt moves freely, then lock it again.",
    "{name} klemmt. Ist die Tür zu und der Riegel frei? Dann noch einmal verriegeln.",
  ],
  problem_lock_unknown: [
    "{name} does not say whether it is locked. Look at the door, or ask the lock again.",
    "{name} sagt nicht, ob verriegelt ist. Bitte an der Tür nachsehen oder erneut abfragen.",
  ],
  problem_not_fully_locked: ["{name} is not fully locked.", "{name} ist nicht ganz verriegelt."],
  problem_unavailable: ["{name} is out of reach.", "{name} ist nicht erreichbar."],
  problem_battery: ["The battery of {name} is low.", "Die Batterie von {name} ist schwach."],
  problem_tamper: ["{name} was tampered with.", "An {name} wurde manipuliert."],
  problem_interview: [
    "{name} could not be set up ({step}). Wake it up and try again.",
    "{name} ließ sich nicht einrichten ({step}). Bitte aufwecken und erneut versuchen.",
  ],
  problem_store: ["The hub can't write to its disk: {reason}", "Die Zentrale kann nicht auf ihren Datenträger schreiben: {reason}"],

  adapter_starting: ["starting", "startet"],
  adapter_offline: ["offline", "nicht verbunden"],
  adapter_refused: ["not used, it holds another network", "nicht benutzt, darauf ist ein anderes Netz"],

  lock_locked: ["Locked", "Verriegelt"],
  lock_unlocked: ["Unlocked", "Entriegelt"],
  lock_not_fully_locked: ["Not fully locked", "Nicht ganz verriegelt"],
  lock_jammed: ["Jammed", "Klemmt"],
  lock_locking: ["Locking…", "Verriegelt gerade…"],
  lock_unlocking: ["Unlocking…", "Entriegelt gerade…"],
  lock_unknown: ["Unknown", "Unbekannt"],
  lock: ["Lock", "Verriegeln"],
  lock_name: ["Lock {name}", "{name} verriegeln"],
  unlock: ["Unlock…", "Entriegeln…"],
  unlock_name: ["Unlock {name}", "{name} entriegeln"],
  unlock_sure: ["Yes, unlock {name}", "Ja, {name} entriegeln"],
  pin: ["PIN, if the lock wants one", "PIN, falls das Schloss eine will"],
  cancel: ["Cancel", "Abbrechen"],

  target: ["Target", "Soll"],
  target_name: ["Target of {name} in °C", "Solltemperatur von {name} in °C"],
  warmer: ["{name}: warmer", "{name}: wärmer"],
  colder: ["{name}: colder", "{name}: kälter"],
  mode: ["Mode", "Betriebsart"],
  mode_off: ["Off", "Aus"],
  mode_auto: ["Automatic", "Automatik"],
  mode_heat: ["Heat", "Heizen"],
  heating: ["Heating", "Heizt"],
  not_heating: ["Not heating", "Heizt nicht"],
  waits: ["{value} is on its way; the device still has {old}.", "{value} ist unterwegs; das Gerät hat noch {old}."],

  contact_closed: ["Closed", "Geschlossen"],
  contact_open: ["Open", "Offen"],
  humidity: ["Humidity", "Luftfeuchte"],
  stale: ["from before the hub's restart", "von vor dem Neustart der Zentrale"],
  never: ["not reported yet", "noch nicht gemeldet"],

  sending: ["Sending…", "Wird gesendet…"],
  done: ["Done.", "Erledigt."],
  pending: [
    "Will be sent when the device wakes up, within {minutes} min.",
    "Wird gesendet, sobald das Gerät aufwacht, spätestens in {minutes} Min.",
  ],
  failed: ["That did not work: {detail}", "Das hat nicht geklappt: {detail}"],
  no_answer: ["the hub does not answer", "die Zentrale antwortet nicht"],

  away: ["out of reach", "nicht erreichbar"],
  details: ["Details", "Details"],
  name: ["Name", "Name"],
  room: ["Room", "Raum"],
  save: ["Save", "Speichern"],
  refresh: ["Ask for values", "Werte abfragen"],
  interview: ["Set up again", "Neu einrichten"],
  remove: ["Remove…", "Entfernen…"],
  remove_sure: ["Yes, remove {name}", "Ja, {name} entfernen"],
  model: ["Model", "Modell"],
  address: ["Address", "Adresse"],
  battery: ["Battery", "Batterie"],
  link: ["Signal", "Signal"],
  last_seen: ["Last heard", "Zuletzt gehört"],
  of_255: ["{value} of 255", "{value} von 255"],

  join_title: ["Add a device", "Gerät hinzufügen"],
  join_start: ["Let devices join for 2 minutes", "2 Minuten lang Geräte zulassen"],
  join_stop: ["Stop", "Beenden"],
  join_open: [
    "Put the device into pairing mode now. Time left: {seconds} s",
    "Jetzt das Gerät in den Anlernmodus bringen. Noch {seconds} s",
  ],
  interview_waiting: ["{name}: found", "{name}: gefunden"],
  interview_running: ["{name}: being set up ({step})", "{name}: wird eingerichtet ({step})"],
  interview_failed: ["{name}: not set up ({step})", "{name}: nicht eingerichtet ({step})"],
  interview_done: ["{name}: ready ({model})", "{name}: bereit ({model})"],
};

export const language = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
const column = language === "de" ? 1 : 0;

/** The text for `key`, with `{name}` replaced by `values.name`. */
export function t(key, values = {}) {
  const text = texts[key]?.[column] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Whether there is a text for `key`. */
export const known = (key) => key in texts;
