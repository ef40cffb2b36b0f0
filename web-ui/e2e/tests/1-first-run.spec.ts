// The first visit, and the first device.

import { test as base } from "@playwright/test";

import { expect, House, PASSWORD } from "../support/fixtures.ts";
import { words } from "../support/words.ts";

base("first run: set-up code, log in, add a device", async ({ page, locale }) => {
  base.setTimeout(120_000);
  const t = words(locale);
  const house = new House();
  await house.start("--contacts 1");
  try {
    await page.goto(house.url);
    await expect(page.getByRole("heading", { name: t.setup })).toBeVisible();
    const { code } = await house.ask({ verb: "setup-code" });
    await page.getByLabel(t.code).fill("AAAAA-AAAAA");
    await page.getByLabel(t.yourName).fill("Ada");
    await page.getByLabel(t.password, { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: t.begin }).click();
    await expect(page.getByText(t.wrongCode)).toBeVisible();
    await page.getByLabel(t.code).fill(code.toLowerCase());
    await page.getByRole("button", { name: t.begin }).click();
    await expect(page.getByRole("link", { name: t.nothing })).toBeVisible();

    await page.getByRole("link", { name: t.add }).click();
    await page.getByRole("button", { name: t.join }).click();
    await expect(page.getByText(t.ready)).toBeVisible({ timeout: 40_000 });
    await page.getByLabel(t.deviceName, { exact: true }).fill("kitchen-window");
    await page.getByLabel(t.room).fill("Kitchen");
    await page.getByRole("button", { name: t.save }).click();
    await expect.poll(async () => (await house.ask({ verb: "devices" }))[0]).toMatchObject({ name: "kitchen-window", room: "Kitchen" });

    await page.getByRole("link", { name: t.menu, exact: true }).click();
    await page.getByRole("button", { name: t.out }).click();
    await page.getByLabel(t.name, { exact: true }).fill("ada");
    await page.getByLabel(t.password, { exact: true }).fill("a wrong one");
    await page.getByRole("button", { name: t.login }).click();
    await expect(page.getByText(t.wrongLogin)).toBeVisible();
    await page.getByLabel(t.password, { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: t.login }).click();
    await page.goto(`${house.url}/#/`);
    await expect(page.getByRole("heading", { name: "Kitchen" })).toBeVisible();
  } finally {
    await house.stop();
  }
});
