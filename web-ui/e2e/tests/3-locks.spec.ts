// Doors: locked by one tap, unlocked by a proof, and shown only as they report.

import { expect, hold, logIn, PIN, setPin, test } from "../support/fixtures.ts";

const bolt = async (house: { device: (name: string) => Promise<any> }) => (await house.device("front-door")).state.lock_state;

test.beforeEach(async ({ house }) => {
  await house.order("jam lock-1 off");
  await house.ask({ verb: "lock", name: "front-door" });
  await expect.poll(() => bolt(house)).toBe("locked");
});

test("unlock with a door code, then lock by one tap", async ({ ada, house, t }) => {
  await setPin(ada, PIN);
  await ada.goto(`${house.url}/#/locks`);
  await ada.reload();
  const door = ada.locator('[data-door="front-door"]');
  await expect(door.getByRole("status")).toHaveText(t.locked);
  await hold(ada, t.unlock);
  await ada.getByLabel(t.pin).fill(PIN);
  await ada.getByRole("dialog").getByRole("button", { name: t.unlock }).click();
  await expect(door.getByRole("status")).toHaveText(t.unlocked);
  await door.getByRole("button", { name: t.lock }).click();
  await expect(door.getByRole("status")).toHaveText(t.locked);
});

test("a wrong door code opens nothing", async ({ ada, house, t }) => {
  await setPin(ada, PIN);
  await ada.goto(`${house.url}/#/locks`);
  await ada.reload();
  await hold(ada, t.unlock);
  await ada.getByLabel(t.pin).fill("55555");
  await ada.getByRole("dialog").getByRole("button", { name: t.unlock }).click();
  await expect(ada.getByText(t.wrongPin)).toBeVisible();
  expect(await bolt(house)).toBe("locked");
});

test("without a code or a passkey nobody is let in, and it says what to do", async ({ ada, house, t }) => {
  await setPin(ada, null);
  await ada.goto(`${house.url}/#/locks`);
  await ada.reload();
  await hold(ada, t.unlock);
  await expect(ada.getByText(t.noCode)).toBeVisible();
  expect(await bolt(house)).toBe("locked");
});

test("a short tap does not ask to unlock", async ({ ada, house, t }) => {
  await ada.goto(`${house.url}/#/locks`);
  await ada.getByRole("button", { name: t.unlock }).click();
  await expect(ada.getByRole("dialog")).toBeHidden();
});

test("a jam says what to do", async ({ ada, house, t }) => {
  await setPin(ada, PIN);
  await house.order("manual lock-1 unlock");
  await expect.poll(() => bolt(house)).toBe("unlocked");
  await house.order("jam lock-1 on");
  await ada.goto(`${house.url}/#/locks`);
  await ada.getByRole("button", { name: t.lock }).click();
  await expect(ada.getByText(t.jammed, { exact: true })).toBeVisible();
  await expect(ada.getByText(t.jam)).toBeVisible();
  await expect(ada.getByText(t.jamAgain)).toBeVisible();
});

test("by keyboard alone", async ({ ada, house, t }) => {
  await setPin(ada, PIN);
  await ada.goto(`${house.url}/#/locks`);
  await ada.reload();
  const door = ada.locator('[data-door="front-door"]');
  await expect(door.getByRole("status")).toHaveText(t.locked);
  for (let i = 0; i < 30; i++) {
    await ada.keyboard.press("Tab");
    if (await door.getByRole("button", { name: t.unlock }).evaluate((button) => button === document.activeElement)) break;
  }
  await expect(door.getByRole("button", { name: t.unlock })).toBeFocused();
  await ada.keyboard.down("Enter");
  await ada.waitForTimeout(1000);
  await ada.keyboard.up("Enter");
  await expect(ada.getByRole("dialog")).toBeVisible();
  await ada.keyboard.type(PIN);
  await ada.keyboard.press("Enter");
  await expect(door.getByRole("status")).toHaveText(t.unlocked);
});

test("a guest without the right sees no way to unlock, and the hub would refuse", async ({ page, house, t }) => {
  const names = (await house.ask({ verb: "person-list" })).map((person: any) => person.name);
  if (!names.includes("gus")) {
    await house.ask({ verb: "person-add", name: "gus", role: "guest", until: "2100-01-01T00:00Z", devices: { "front-door": ["read", "lock.lock"] }, password: "correct horse battery" });
  }
  await logIn(page, house, t, "gus");
  await expect(page.locator("[data-lock]")).toHaveCount(1);
  await expect(page.locator("[data-device]")).toHaveCount(0);
  await page.goto(`${house.url}/#/locks`);
  await expect(page.getByText(t.noUnlock)).toBeVisible();
  await expect(page.getByRole("button", { name: t.unlock })).toHaveCount(0);
  const { ieee } = await house.device("front-door");
  const status = await page.evaluate(async (ieee) => (await fetch(`/api/v1/devices/${ieee}/unlock`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"code":"90210"}' })).status, ieee);
  expect(status).toBe(403);
});
