// What the page knows of the house: each device is its own piece of state, so that one change redraws one tile.

import { SvelteMap } from "svelte/reactivity";

import { type Account, ask, type Device, type Event, type Gateway, Problem, type Right, type Status } from "./api";
import { follow } from "./live.svelte";

/** Where the visitor is in getting in. */
export type Phase = "starting" | "setup" | "login" | "in" | "unreachable";

class House {
  phase = $state<Phase>("starting");
  me = $state<Account | null>(null);
  status = $state<Status | null>(null);
  gateway = $state<Gateway | null>(null);
  /** Whether a policy grants anything to anybody; null while that is not known. */
  granted = $state<boolean | null>(null);
  /** By address. */
  devices = new SvelteMap<string, Device>();
  /** Seconds for which devices may join, by adapter, and when that was said. */
  joining = $state<{ until: number } | null>(null);
  /** What happened while the page is open, newest first. */
  events = $state.raw<Event[]>([]);
  #stop: (() => void) | null = null;

  /** In the order in which people look: by room, then by name. */
  list = $derived([...this.devices.values()].sort((a, b) => a.name.localeCompare(b.name)));
  rooms = $derived([...new Set(this.list.map((device) => device.room ?? ""))].sort(byName));

  may(right: Right, device?: Device): boolean {
    const own = device ? this.me?.devices[device.ieee] : undefined;
    return (own ?? this.me?.rights ?? []).includes(right);
  }

  async enter(): Promise<void> {
    // Whoever was in is probably still in: then everything is asked for at once, and a slow line is waited for once.
    const early = wasIn() ? this.reload() : null;
    try {
      this.me = await ask<Account>("GET", "/me");
      noteIn(true);
    } catch (problem) {
      const status = problem instanceof Problem ? problem.status : 0;
      if (status !== 401) {
        this.phase = "unreachable";
        return;
      }
      const setup = await ask<{ needed: boolean }>("GET", "/setup").catch(() => ({ needed: false }));
      this.phase = setup.needed ? "setup" : "login";
      return;
    }
    this.#stop?.();
    this.#stop = follow({ reload: () => this.reload(), change: (change) => this.#change(change) });
    if ((await early) || (await this.reload())) this.phase = "in";
  }

  /** Shows nothing of the house any more. */
  leave(): void {
    this.#stop?.();
    this.#stop = null;
    noteIn(false);
    this.devices.clear();
    this.me = this.status = this.gateway = this.granted = null;
    this.events = [];
    this.phase = "login";
  }

  async reload(): Promise<boolean> {
    try {
      const [devices, status] = await Promise.all([ask<Device[]>("GET", "/devices"), ask<Status>("GET", "/status")]);
      const known = new Set(devices.map((device) => device.ieee));
      for (const ieee of [...this.devices.keys()]) if (!known.has(ieee)) this.devices.delete(ieee);
      for (const device of devices) this.devices.set(device.ieee, device);
      this.status = status;
      if (this.me) this.phase = "in";
      void this.reloadOutside();
      return true;
    } catch {
      return false;
    }
  }

  /** What leaves the house, for those who may know. */
  async reloadOutside(): Promise<void> {
    if (!this.me?.rights.includes("read") || this.me.role === "guest") return;
    const [gateway, policy] = await Promise.all([
      ask<Gateway>("GET", "/gateway").catch(() => null),
      ask<{ grants: string[] }>("GET", "/policy").catch(() => null),
    ]);
    this.gateway = gateway;
    this.granted = policy && policy.grants.length > 0;
  }

  #change(change: Record<string, unknown>): void {
    switch (change.change) {
      case "device": {
        const device = change.device as Device;
        this.devices.set(device.ieee, device);
        break;
      }
      case "removed":
        this.devices.delete(change.ieee as string);
        break;
      case "event":
        this.events = [change.event as Event, ...this.events].slice(0, 200);
        break;
      case "adapter": {
        const adapter = change.adapter as Status["adapters"][number];
        if (this.status) {
          const others = this.status.adapters.filter((known) => known.name !== adapter.name);
          this.status = { ...this.status, adapters: [...others, adapter] };
        }
        break;
      }
      case "permit_join":
        this.joining = (change.seconds as number) > 0 ? { until: Date.now() + (change.seconds as number) * 1000 } : null;
        break;
    }
  }
}

const IN = "hearth-in";

/** Whether this browser was logged in when it was here last. */
function wasIn(): boolean {
  try {
    return localStorage.getItem(IN) !== null;
  } catch {
    return false;
  }
}

function noteIn(is: boolean): void {
  try {
    if (is) localStorage.setItem(IN, "");
    else localStorage.removeItem(IN);
  } catch {
    // Without it the next visit is a little slower.
  }
}

/** Devices without a room stand last. */
function byName(a: string, b: string): number {
  if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
  return a.localeCompare(b);
}

export const house = new House();
