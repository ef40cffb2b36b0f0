// The page's words in both languages, as the tests look for them.

const both = {
  en: {
    name: "Name", password: "Password", login: "Log in", setup: "A new home", code: "Set-up code", yourName: "Your name", begin: "Begin", wrongCode: /not the set-up code/, wrongLogin: /Wrong name or password/, nothing: "Nothing leaves the house", out: "Log out",
    add: "Add a device", join: "Let devices join", ready: /^Ready/, deviceName: "Name", room: "Room", save: "Save", target: /Target of/, typed: /Target in/, warmer: "Warmer", colder: "Colder", undo: "Undo", off: "Off", heat: "Heat",
    lock: /^Lock front-door/, unlock: "Unlock front-door", pin: "Your door code", locked: "Locked", unlocked: "Unlocked", jammed: "Jammed", jam: "The bolt is stuck.", wrongPin: /not your door code/, noUnlock: "You may not unlock this door.", noCode: /no door code and no passkey/,
    leavesNothing: "Nothing", leavesSome: "Only this", alias: "What you call it when you speak", put: "Put it on the list", check: "See what changes", widens: "More leaves the house", type: /^Type/, apply: "Put it into force", remove: "Remove", offline: /No connection to the hub/, jamAgain: /Lock it again/, tryit: "Ask as it would", tryAsk: "Ask", entry: /^Entry \d+ of the ledger/, never: "Was never told anything",
    codesCheck: "Check them at the lock", codesAdd: "Add a code", codeWhose: "Whose it is", codePin: "PIN at the door", codePut: "Put it into the lock", codeOpens: /opens the door/, codeOff: /opens nothing for now/, codeChange: /^Change/, codeDisable: /^Switch off/, codeEnable: /^Switch on/, codeRemove: /^Remove/, codeChanged: "Somebody changed this PIN at the lock.", codeForeign: /not put there by this hub/,
    pages: { devices: "Devices", people: "People and access" }, menu: "More",
  },
  de: {
    name: "Name", password: "Passwort", login: "Anmelden", setup: "Ein neues Zuhause", code: "Einrichtungscode", yourName: "Ihr Name", begin: "Anfangen", wrongCode: /nicht der Einrichtungscode/, wrongLogin: /Name oder Passwort falsch/, nothing: "Nichts verlässt das Haus", out: "Abmelden",
    add: "Gerät hinzufügen", join: "Geräte zulassen", ready: /^Bereit/, deviceName: "Name", room: "Raum", save: "Speichern", target: /Solltemperatur von/, typed: /Solltemperatur in/, warmer: "Wärmer", colder: "Kälter", undo: "Rückgängig", off: "Aus", heat: "Heizen",
    lock: /^front-door verriegeln/, unlock: "front-door entriegeln", pin: "Ihr Türcode", locked: "Verriegelt", unlocked: "Entriegelt", jammed: "Klemmt", jam: "Der Riegel klemmt.", wrongPin: /not your door code/, noUnlock: "Sie dürfen diese Tür nicht entriegeln.", noCode: /noch keinen Türcode und keinen Passkey/,
    leavesNothing: "Nichts", leavesSome: "Nur das", alias: "Wie Sie es nennen, wenn Sie sprechen", put: "Auf die Liste setzen", check: "Zeigen, was sich ändert", widens: "Mehr verlässt das Haus", type: /eintippen/, apply: "In Kraft setzen", remove: "Entfernen", offline: /Keine Verbindung zur Zentrale/, jamAgain: /Noch einmal verriegeln/, tryit: "Fragen, wie er es täte", tryAsk: "Fragen", entry: /^Eintrag \d+ im Buch/, never: "Hat noch nie etwas erfahren",
    codesCheck: "Am Schloss prüfen", codesAdd: "Code hinzufügen", codeWhose: "Wem er gehört", codePin: "PIN an der Tür", codePut: "Ins Schloss schreiben", codeOpens: /öffnet die Tür/, codeOff: /öffnet zurzeit nichts/, codeChange: /ändern$/i, codeDisable: /ausschalten$/i, codeEnable: /einschalten$/i, codeRemove: /entfernen$/i, codeChanged: "Jemand hat diese PIN am Schloss geändert.", codeForeign: /nicht von dieser Zentrale angelegt/,
    pages: { devices: "Geräte", people: "Personen und Zugang" }, menu: "Mehr",
  },
};

export const words = (locale: string | undefined) => both[locale?.startsWith("de") ? "de" : "en"];
