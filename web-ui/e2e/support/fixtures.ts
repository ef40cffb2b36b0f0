// What every test has: the house, somebody in it, and the words of the project's language.

import { expect, type Page, test as base } from "@playwright/test";

import { House } from "./house.ts";
import { words } from "./words.ts";

export type Options = object;
export const PASSWORD = "correct horse battery";
export const PIN = "90210";

interface Fixtures {
  house: House;
  t: ReturnType<typeof words>;
  /** The page with ada, who runs the hub, logged in. */
  ada: Page;
}

export const test = base.extend<Omit<Fixtures, "house">, { house: House }>({
  house: [
    async ({}, use) => {
      const house = new House();
      await house.start("--thermostats 1 --locks 1 --sensors 1 --contacts 1");
      await house.furnish(4);
      await house.ask({ verb: "person-add", name: "ada", role: "admin", password: PASSWORD });
      await use(house);
      await house.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  t: async ({ locale }, use) => use(words(locale)),
  ada: async ({ page, house, t }, use) => {
    await logIn(page, house, t, "ada");
    await use(page);
  },
});

export async function logIn(page: Page, house: House, t: ReturnType<typeof words>, name: string): Promise<void> {
  await page.goto(house.url);
  await page.getByLabel(t.name, { exact: true }).fill(name);
  await page.getByLabel(t.password, { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: t.login }).click();
  await expect(page.getByRole("navigation")).toBeVisible();
}

/** Gives somebody a door code, as they would in their account. */
export async function setPin(page: Page, pin: string | null): Promise<void> {
  const status = await page.evaluate(
    async ([password, pin]) => (await fetch("/api/v1/me/pin", { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ password, pin }) })).status,
    [PASSWORD, pin] as const,
  );
  expect(status).toBe(200);
}

/** Holds a button as a finger or a mouse does. */
export async function hold(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole("button", { name }).first();
  await button.scrollIntoViewIfNeeded();
  await button.hover();
  await page.mouse.down();
  await page.waitForTimeout(1000);
  await page.mouse.up();
}

export { expect, House };
