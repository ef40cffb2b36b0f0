// How values read: numbers, times and states in the reader's language and units.

import { now } from "./api";
import { language, texts } from "./i18n.svelte";
import { settings } from "./settings.svelte";

const NONE = "–";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

export const number = (value: unknown, digits = 1): string =>
  isNumber(value) ? new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value) : NONE;

/** A temperature of the hub's as this reader has it. */
export const local = (celsius: number): number => (settings.units === "F" ? (celsius * 9) / 5 + 32 : celsius);
/** The other way. */
export const toCelsius = (shown: number): number => (settings.units === "F" ? ((shown - 32) * 5) / 9 : shown);
export const unit = (): string => (settings.units === "F" ? "°F" : "°C");

const fixed = (value: number): string =>
  new Intl.NumberFormat(language(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);

/** A temperature without its unit. */
export const bare = (celsius: unknown): string => (isNumber(celsius) ? fixed(local(celsius)) : NONE);
export const degrees = (celsius: unknown): string => (isNumber(celsius) ? `${fixed(local(celsius))} ${unit()}` : NONE);
export const percent = (value: unknown): string => (isNumber(value) ? `${number(value, 0)} %` : NONE);

export function bytes(value: unknown): string {
  if (!isNumber(value)) return NONE;
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  return `${number(value / 1000 ** power)} ${units[power]}`;
}

const span = texts({
  en: { days: (n: number) => `${n} d`, hours: (n: number) => `${n} h`, minutes: (n: number) => `${n} min`, seconds: (n: number) => `${n} s` },
  de: { days: (n: number) => `${n} T.`, hours: (n: number) => `${n} Std.`, minutes: (n: number) => `${n} Min.`, seconds: (n: number) => `${n} s` },
});

export function duration(seconds: number): string {
  if (seconds >= 86_400) return span().days(Math.floor(seconds / 86_400));
  if (seconds >= 3600) return span().hours(Math.floor(seconds / 3600));
  if (seconds >= 90) return span().minutes(Math.ceil(seconds / 60));
  return span().seconds(Math.ceil(seconds));
}

/** How long ago a point in time was. */
export function ago(iso: string | null | undefined): string {
  const seconds = (now() - Date.parse(iso ?? "")) / 1000;
  if (Number.isNaN(seconds)) return NONE;
  const relative = new Intl.RelativeTimeFormat(language(), { numeric: "auto", style: "short" });
  for (const [unit, length] of [["day", 86_400], ["hour", 3600], ["minute", 60]] as const) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return language() === "de" ? "gerade eben" : "just now";
}

/** A point in time, to the minute. */
export function when(iso: string | null | undefined): string {
  const time = Date.parse(iso ?? "");
  if (Number.isNaN(time)) return NONE;
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(time);
}

export const clock = (milliseconds: number): string =>
  new Intl.DateTimeFormat(language(), { timeStyle: "short" }).format(milliseconds);
