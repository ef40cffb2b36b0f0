// Questions to the hub. Knows HTTP and nothing of the page.

import type { components } from "./schema";

type Schemas = components["schemas"];
export type Device = Omit<Schemas["Device"], "state"> & { state: State };
export type Status = Schemas["Status"];
export type Account = Schemas["Account"];
export type Event = Schemas["Event"];
export type Adapter = Schemas["Adapter"];
export type Adapters = Schemas["Adapters"];
export type Codes = Schemas["Codes"];
export type LockCode = Schemas["LockCode"];
export type Outcome = Schemas["Outcome"];
export type Person = Schemas["Person"];
export type Token = Schemas["Token"];
export type Right = Schemas["Right"];
export type Role = Schemas["Role"];
export type Policy = Schemas["Policy"];
export type Applied = Schemas["Applied"];
export type Preview = Schemas["Preview"];
export type Gateway = Schemas["Gateway"];
export type Ledger = Schemas["Ledger"];
export type Verdict = Schemas["Verdict"];
export type History = Schemas["History"];

/** The values of a device, by the keys that MQTT has, too. A value that the device does not know is null. */
export interface State {
  local_temperature?: number | null;
  temperature?: number | null;
  occupied_heating_setpoint?: number | null;
  system_mode?: string | null;
  running_state?: string | null;
  pi_heating_demand?: number | null;
  humidity?: number | null;
  battery?: number | null;
  battery_low?: boolean | null;
  linkquality?: number;
  lock_state?: string;
  contact?: boolean | null;
  tamper?: boolean | null;
  stale?: string[];
  pending?: { occupied_heating_setpoint?: number; system_mode?: string; state?: "LOCK" | "UNLOCK" };
  [key: string]: unknown;
}

/** What the hub answered instead of what was asked for. Its message is for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly kind: string | null = null,
  ) {
    super(message);
  }
}

let skew = 0;

/** Now, in milliseconds by the hub's clock: this device's may be wrong. */
export const now = (): number => Date.now() + skew;

/** What is called when a session turns out to be over. */
export const session = { ended: () => {} };

/** Asks the hub. Throws a Problem; with status 0 if there was no answer. */
export async function ask<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  const options: RequestInit = { method, headers, cache: "no-store" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  } else if (method !== "GET" && method !== "DELETE") {
    headers["Content-Type"] = "application/json";
  }
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, options);
  } catch {
    throw new Problem(0, "");
  }
  const date = Date.parse(response.headers.get("Date") ?? "");
  // The header has whole seconds.
  if (Math.abs(date - Date.now()) > 2000) skew = date - Date.now();
  const data = await response.json().catch(() => null);
  if (response.ok) return data as T;
  if (response.status === 401 && data?.kind !== "second_factor" && !path.startsWith("/session")) session.ended();
  throw new Problem(response.status, data?.detail ?? response.statusText, data?.kind ?? null);
}

/** The path of a device; its address names it for good. */
export const pathOf = (device: { ieee: string }, rest = ""): string =>
  `/devices/${encodeURIComponent(device.ieee)}${rest}`;
