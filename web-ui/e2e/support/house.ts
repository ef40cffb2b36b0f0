// A real daemon with a simulated adapter and devices, in a folder and on ports of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TARGET = process.env.HEARTH_BIN ?? join(import.meta.dirname, "../../../target/debug");
const PATIENCE = 30_000;

export type Json = Record<string, any>;

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Tries until something comes back. */
export async function until<T>(what: string, attempt: () => Promise<T | undefined | false | null>): Promise<T> {
  const end = Date.now() + PATIENCE;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const found = await attempt();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}: ${String(last ?? "")}`);
}

/** Sends a line to a unix socket and returns the answer's. */
function line(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(path, () => socket.write(`${text}\n`));
    socket.on("data", (data) => {
      answer += data.toString();
      if (answer.includes("\n")) {
        socket.destroy();
        resolve(answer.split("\n")[0] ?? "");
      }
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the socket was closed")));
  });
}

export class House {
  readonly dir = mkdtempSync(join(tmpdir(), "hearth-page-"));
  #sim: ChildProcess | undefined;
  #hub: ChildProcess | undefined;
  url = "";
  #config = "";

  async start(devices: string, plain = true): Promise<void> {
    const at = (name: string) => join(this.dir, name);
    this.#sim = spawn(join(TARGET, "hearth-sim"), [...devices.split(" "), "--pty", at("tty"), "--nv", at("nv"), "--control", at("control"), "--poll-ms", "300", "--bolt-ms", "700"], { stdio: "ignore" });
    await until("the simulator", async () => (await line(at("control"), "status")) !== "");
    const [http, mqtt] = [await freePort(), await freePort()];
    this.#config = at("hearth.toml");
    writeFileSync(
      this.#config,
      `[hub]\nname = "Our home"\nstate-dir = "${at("state")}"\nadmin-socket = "${at("admin.sock")}"\n[http]\nlisten = "127.0.0.1:${http}"\nplain = ${plain}\n[mqtt]\nlisten = "127.0.0.1:${mqtt}"\n[gateway]\nsocket = "${at("gateway.sock")}"\n[[adapter]]\nname = "stick"\nport = "${at("tty")}"\nprotocol = "znp"\n`,
    );
    this.url = `${plain ? "http" : "https"}://localhost:${http}`;
    await this.wake();
  }

  async wake(): Promise<void> {
    this.#hub = spawn(join(TARGET, "hearthd"), ["run", "--config", this.#config], { stdio: process.env.HEARTH_SHOW ? "inherit" : "ignore" });
    await until("the hub", async () => (await this.ask({ verb: "status" })).name);
    await until("the adapter", async () => (await this.ask({ verb: "adapters" })).configured[0]?.status === "online");
  }

  /** Ends the daemon, at once and without a word. */
  async kill(): Promise<void> {
    const hub = this.#hub;
    if (!hub || hub.exitCode !== null) return;
    const ended = new Promise((resolve) => hub.once("exit", resolve));
    hub.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    this.#sim?.kill("SIGKILL");
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Asks as the owner's command line does. */
  async ask(question: Json): Promise<any> {
    const answer = JSON.parse(await line(join(this.dir, "admin.sock"), JSON.stringify(question)));
    if (answer.status !== "ok") throw new Error(answer.error);
    return answer.data;
  }

  /** Gives the simulator an order. */
  async order(text: string): Promise<void> {
    const answer = await line(join(this.dir, "control"), text);
    if (answer !== "ok") throw new Error(`${text}: ${answer}`);
  }

  device = (name: string): Promise<Json> => this.ask({ verb: "device", name });

  /** Lets all devices join and gives them names and rooms, by what they can do. */
  async furnish(count: number): Promise<void> {
    const rooms: Record<string, [string, string]> = { thermostat: ["valve", "Bathroom"], lock: ["front-door", "Hall"], contact: ["window", "Kitchen"], temperature: ["sensor", "Bedroom"] };
    await this.ask({ verb: "permit-join", seconds: 60 });
    const devices = await until("all devices", async () => {
      const all: Json[] = await this.ask({ verb: "devices" });
      return all.length === count && all.every((device) => device.interview === "done") && all;
    });
    await this.ask({ verb: "permit-join", seconds: 0 });
    const given: Record<string, number> = {};
    for (const device of devices) {
      const kind = Object.keys(rooms).find((word) => device.capabilities.includes(word)) ?? "thermostat";
      const [name, room] = rooms[kind] ?? ["thing", "Hall"];
      const number = (given[kind] = (given[kind] ?? 0) + 1);
      await this.ask({ verb: "place", name: device.ieee, room: number === 1 ? room : `${room} ${number}` });
      await this.ask({ verb: "rename", from: device.ieee, to: number === 1 ? name : `${name}-${number}` });
    }
  }
}
