// Short news at the edge of the page, some with a way back.

import { Problem } from "./api";
import { texts } from "./i18n.svelte";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "bad";
  undo?: () => void;
}

const t = texts({
  en: { silent: "The hub does not answer." },
  de: { silent: "Die Zentrale antwortet nicht." },
});

let next = 1;
export const toasts = $state<Toast[]>([]);

export function dismiss(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

export function tell(text: string, options: { tone?: Toast["tone"]; undo?: () => void; seconds?: number } = {}): number {
  const id = next++;
  toasts.push({ id, text, tone: options.tone ?? "plain", undo: options.undo });
  if (toasts.length > 3) toasts.shift();
  setTimeout(() => dismiss(id), (options.seconds ?? 6) * 1000);
  return id;
}

/** Why something did not work, in words. */
export const reason = (problem: unknown): string =>
  problem instanceof Problem && problem.message ? problem.message : t().silent;

export const complain = (problem: unknown): void => {
  tell(reason(problem), { tone: "bad", seconds: 10 });
};
