// The reader's language. Each page brings its texts as `{ en: {...}, de: {...} }`; a missing one does not compile.

import { settings } from "./settings.svelte";

export type Language = "de" | "en";

const system: Language = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";

/** The language now. */
export const language = (): Language => (settings.language === "auto" ? system : settings.language);

type Text = string | ((...values: never[]) => string);

/** Texts in both languages: `texts({ en, de })().key`. */
export function texts<T extends Record<string, Text>>(both: { en: T; de: { [K in keyof T]: T[K] extends string ? string : T[K] } }): () => T {
  return () => both[language()] as T;
}
