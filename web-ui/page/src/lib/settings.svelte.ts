// How this browser shows the house. Kept here and told to nobody.

export interface Settings {
  language: "auto" | "de" | "en";
  theme: "auto" | "light" | "dark";
  units: "C" | "F";
}

const KEY = "hearth";
const USUAL: Settings = { language: "auto", theme: "auto", units: "C" };

function load(): Settings {
  try {
    return { ...USUAL, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { ...USUAL };
  }
}

export const settings = $state<Settings>(load());

/** Changes settings and keeps them, where the browser lets us. */
export function change(changes: Partial<Settings>): void {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // A private window: they last until it closes.
  }
}
