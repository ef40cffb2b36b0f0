// A temperature by dial, keyboard, number and step.

import { expect, test } from "../support/fixtures.ts";

const setpoint = async (house: { device: (name: string) => Promise<any> }) => (await house.device("valve")).state.occupied_heating_setpoint;

test.beforeEach(async ({ house }) => {
  await house.ask({ verb: "set", name: "valve", key: "occupied_heating_setpoint", value: "20" });
  await expect.poll(() => setpoint(house)).toBe(20);
});

test("by the keyboard, and back again", async ({ ada, house, t }) => {
  await ada.goto(`${house.url}/#/room/Bathroom`);
  const dial = ada.getByRole("slider", { name: t.target });
  await dial.focus();
  await ada.keyboard.press("ArrowUp");
  await ada.keyboard.press("ArrowUp");
  await expect(dial).toHaveAttribute("aria-valuenow", "21");
  await expect.poll(() => setpoint(house)).toBe(21);
  await ada.getByRole("button", { name: t.undo }).click();
  await expect.poll(() => setpoint(house)).toBe(20);
});

test("by a number", async ({ ada, house, t }) => {
  await ada.goto(`${house.url}/#/room/Bathroom`);
  await ada.getByRole("textbox", { name: t.typed }).fill("22,5");
  await ada.keyboard.press("Enter");
  await expect.poll(() => setpoint(house)).toBe(22.5);
  await ada.getByRole("textbox", { name: t.typed }).fill("99");
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("alert").filter({ hasText: "30" })).toBeVisible();
  expect(await setpoint(house)).toBe(22.5);
});

test("by dragging the dial, and never by scrolling over it", async ({ ada, house, t }) => {
  await ada.goto(`${house.url}/#/room/Bathroom`);
  const dial = ada.getByRole("slider", { name: t.target });
  await dial.scrollIntoViewIfNeeded();
  const from = await dial.boundingBox();
  if (!from) throw new Error("no dial");
  const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
  await ada.mouse.move(x, y);
  await ada.mouse.wheel(0, 200);
  await ada.mouse.wheel(0, -200);
  expect(await setpoint(house)).toBe(20);
  await dial.scrollIntoViewIfNeeded();
  const now = await dial.boundingBox();
  if (!now) throw new Error("no dial");
  await ada.mouse.move(now.x + now.width / 2, now.y + now.height / 2);
  await ada.mouse.down();
  await ada.mouse.move(now.x + now.width / 2 + 30, now.y + now.height / 2 + 25, { steps: 8 });
  await ada.mouse.up();
  await expect.poll(() => setpoint(house)).toBeGreaterThan(21);
});

test("by steps on the home page, confirmed by the valve", async ({ ada, house }) => {
  await ada.goto(`${house.url}/#/`);
  const tile = ada.locator('[data-device="valve"]');
  await tile.getByRole("button").last().click();
  await expect(tile.locator("output")).toHaveText(/20[.,]5/);
  await expect.poll(() => setpoint(house)).toBe(20.5);
});

test("the mode", async ({ ada, house, t }) => {
  await ada.goto(`${house.url}/#/room/Bathroom`);
  await ada.getByRole("button", { name: t.off, exact: true }).click();
  await expect.poll(async () => (await house.device("valve")).state.system_mode).toBe("off");
  await ada.getByRole("button", { name: t.heat, exact: true }).click();
  await expect.poll(async () => (await house.device("valve")).state.system_mode).toBe("heat");
});
