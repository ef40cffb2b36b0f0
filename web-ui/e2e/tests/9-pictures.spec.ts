// The README's two pictures, of the demo house: build output, and with HEARTH_PICTURES a folder to put them into.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

const TARGET = process.env.HEARTH_BIN ?? join(import.meta.dirname, "../../../target/debug");

test("pictures of the demo house", async ({ page }) => {
  test.setTimeout(90_000);
  const project = test.info().project.name;
  const dir = mkdtempSync(join(tmpdir(), "hearth-demo-"));
  const demo = spawn(join(TARGET, "hearthd"), ["demo", "--state-dir", dir]);
  try {
    let said = "";
    demo.stdout.on("data", (data) => (said += data));
    await expect.poll(() => said, { timeout: 60_000 }).toContain("All devices are there.");
    const url = /http:\/\/[0-9.:]+/.exec(said)?.[0] ?? "";
    const password = /demo \/ (\S+)/.exec(said)?.[1] ?? "";
    await page.goto(url);
    await page.locator("input[autocomplete=username]").fill("demo");
    await page.locator("input[type=password]").fill(password);
    await page.locator("button[type=submit]").click();
    await expect(page.locator("[data-device]")).toHaveCount(3);
    await expect(page.locator("[data-lock]")).toHaveCount(2);
    if (project === "phone") await page.goto(`${url}/#/room/Living%20room`);
    await page.waitForTimeout(1000);
    const folder = process.env.HEARTH_PICTURES ?? "results/pictures";
    await page.screenshot({ path: join(folder, `${project}.png`) });
  } finally {
    demo.kill("SIGTERM");
    await new Promise((resolve) => demo.once("exit", resolve));
    rmSync(dir, { recursive: true, force: true });
  }
});
