// Questions to the hub and its stream of changes. Knows HTTP and nothing of the page.

/** What the hub answered instead of what was asked for. Its message is for people. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

let skew = 0;

/** Now, in milliseconds by the hub's clock: this device's may be wrong. */
export const now = () => Date.now() + skew;

/** Asks the hub; `null` for the answer's data where there is none. */
export async function ask(method, path, body) {
  const options = { method, headers: {}, cache: "no-store" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch("/api/v1" + path, options);
  } catch {
    throw new Problem(0, "");
  }
  const date = Date.parse(response.headers.get("Date") ?? "");
  // The header has whole seconds.
  if (Math.abs(date - Date.now()) > 2000) skew = date - Date.now();
  const data = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, data?.detail ?? response.statusText);
  return data;
}

/** The path of a device, which its address names for good. */
export const pathOf = (device, rest = "") => `/devices/${encodeURIComponent(device.ieee)}${rest}`;

const SILENCE = 40_000;
const RETRY = [1000, 2000, 5000, 10_000, 30_000];

/**
 * Follows the changes for ever, over lost connections too. `reload` is called whenever everything must be asked for
 * anew and says by its promise whether that went well; `change` for each change; `lost` when there is no connection.
 */
export function follow({ reload, change, lost }) {
  let source, silence, timer, attempt = 0, stopped = false;

  function heard() {
    clearTimeout(silence);
    // The hub says something every 15 s; without that, a connection that looks open is dead.
    silence = setTimeout(again, SILENCE);
  }

  async function fresh() {
    heard();
    if (await reload()) attempt = 0;
    else again();
  }

  function again() {
    if (stopped) return;
    close();
    lost();
    timer = setTimeout(open, RETRY[Math.min(attempt++, RETRY.length - 1)]);
  }

  function open() {
    source = new EventSource("/api/v1/changes");
    source.onopen = fresh;
    source.onerror = again;
    source.onmessage = (event) => {
      heard();
      change(JSON.parse(event.data));
    };
    source.addEventListener("reload", fresh);
    source.addEventListener("alive", heard);
    heard();
  }

  function close() {
    clearTimeout(silence);
    clearTimeout(timer);
    source?.close();
  }

  open();
  return () => {
    stopped = true;
    close();
  };
}
