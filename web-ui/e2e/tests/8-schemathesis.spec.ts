// Other people's test suite: Schemathesis asks whatever the API's description allows, and much that it does not.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

import { expect, House, PASSWORD, test } from "../support/fixtures.ts";

/// Where `cargo xtask browser` put it.
const PROGRAM = process.env.SCHEMATHESIS ?? "";
const SECONDS = Number(process.env.SCHEMATHESIS_SECONDS ?? 90);
const CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
// Streams do not end; these two would log the tester out.
const LEFT_OUT = ["GET /api/v1/changes", "DELETE /api/v1/session", "DELETE /api/v1/me/sessions"];
// So do another password for the tester, whose name the program learns, and methods that it takes for undocumented once
// others of the path are left out: they come last.
const LAST = ["PATCH /api/v1/people/{person}", "POST /api/v1/session"];

/** Runs the program and says how it ended and what it said. */
async function run(house: House, cookie: string, seconds: number, choice: string[]): Promise<{ code: unknown; said: string }> {
  const options = ["--header", `Cookie: ${cookie}`, "--checks", CHECKS, "--max-time", String(seconds), "--workers", "2", "--request-timeout", "45", "--no-color", "--suppress-health-check", "all", "--generation-allow-x00", "false", "--generation-with-security-parameters", "false"];
  const child = spawn(PROGRAM, ["run", `${house.url}/api/v1/openapi.json`, ...options, ...choice], { cwd: house.dir });
  let said = "";
  child.stdout.on("data", (data) => (said += data));
  child.stderr.on("data", (data) => (said += data));
  const code = await new Promise((resolve) => child.once("exit", resolve));
  return { code, said };
}

test("schemathesis", async () => {
  test.skip(test.info().project.name !== "desktop", "one is enough");
  test.skip(!existsSync(PROGRAM), "Schemathesis is not installed");
  test.setTimeout((SECONDS + 120) * 1000);
  const house = new House();
  await house.start("--thermostats 1 --locks 1");
  try {
    await house.furnish(2);
    await house.ask({ verb: "person-add", name: "ada", role: "admin", password: PASSWORD });
    const login = await fetch(`${house.url}/api/v1/session`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "ada", password: PASSWORD }) });
    const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    const most = await run(house, cookie, SECONDS, [...LEFT_OUT, ...LAST].flatMap((name) => ["--exclude-name", name]));
    console.log(most.said.slice(most.said.lastIndexOf("SUMMARY")).split("\n").slice(0, 24).join("\n"));
    expect(most.code, most.said).toBe(0);
    const last = await run(house, cookie, 10, LAST.flatMap((name) => ["--include-name", name]));
    expect(last.code, last.said).toBe(0);
    expect((await house.ask({ verb: "status" })).name).toBe("Our home");
  } finally {
    await house.stop();
  }
});
