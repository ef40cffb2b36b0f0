// The stream of changes (server-sent events), over lost connections too.

import { now } from "./api";

const SILENCE = 40_000;
const RETRY = [500, 1000, 2000, 5000, 10_000, 30_000];

export interface Listener {
  /** Everything must be asked for anew; says by its promise whether that went well. */
  reload: () => Promise<boolean>;
  change: (change: Record<string, unknown>) => void;
}

/** Whether the hub is heard, and when it was heard last. */
export const live = $state({ connected: true, heard: now() });

/** Follows the changes until the returned function is called. */
export function follow({ reload, change }: Listener): () => void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let stopped = false;
  // Where the stream was when it broke.
  let last = "";

  function heard() {
    clearTimeout(silence);
    live.heard = now();
    // The hub says something every 15 s; without that, a connection that looks open is dead.
    silence = setTimeout(again, SILENCE);
  }

  async function fresh() {
    heard();
    if (await reload()) {
      attempt = 0;
      live.connected = true;
    } else again();
  }

  function close() {
    clearTimeout(silence);
    clearTimeout(timer);
    source?.close();
  }

  function again() {
    if (stopped) return;
    close();
    live.connected = false;
    timer = setTimeout(open, RETRY[Math.min(attempt++, RETRY.length - 1)]);
  }

  function open() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(`/api/v1/changes${last ? `?last-event-id=${encodeURIComponent(last)}` : ""}`);
    // With a place to go on from, the hub says whether it knows it.
    if (!last) source.onopen = () => void fresh();
    source.onerror = again;
    source.onmessage = (event) => {
      heard();
      last = event.lastEventId;
      change(JSON.parse(event.data));
    };
    source.addEventListener("resumed", () => {
      heard();
      attempt = 0;
      live.connected = true;
    });
    source.addEventListener("reload", () => void fresh());
    source.addEventListener("alive", heard);
    heard();
  }

  // A telephone that wakes up must not wait for its next attempt.
  const awake = () => {
    if (document.visibilityState === "visible" && !live.connected && !stopped) open();
  };
  document.addEventListener("visibilitychange", awake);
  window.addEventListener("online", awake);
  open();
  return () => {
    stopped = true;
    document.removeEventListener("visibilitychange", awake);
    window.removeEventListener("online", awake);
    close();
  };
}
