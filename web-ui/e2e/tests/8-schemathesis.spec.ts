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
    const left = LEFT_OUT.flatMap((name) => ["--exclude-name", name]);
    const options = ["--header", `Cookie: ${cookie}`, "--checks", CHECKS, "--max-time", String(SECONDS), "--workers", "2", "--request-timeout", "45", "--no-color", "--suppress-health-check", "all", "--generation-allow-x00", "false", "--generation-with-security-parameters", "false"];
    const run = spawn(PROGRAM, ["run", `${house.url}/api/v1/openapi.json`, ...options, ...left], { cwd: house.dir });
    let said = "";
    run.stdout.on("data", (data) => (said += data));
    run.stderr.on("data", (data) => (said += data));
    const code = await new Promise((resolve) => run.once("exit", resolve));
    const summary = said.slice(said.lastIndexOf("SUMMARY"));
    console.log(summary.split("\n").slice(0, 24).join("\n"));
    expect(code, said).toBe(0);
    expect((await house.ask({ verb: "status" })).name).toBe("Our home");
  } finally {
    await house.stop();
  }
});
