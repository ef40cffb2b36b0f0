// The PIN codes of a lock: put in with a proof, never shown, and held against what the lock says.

import { expect, PIN, setPin, test } from "../support/fixtures.ts";

const codes = async (house: { ask: (question: object) => Promise<any> }) => (await house.ask({ verb: "code-list", name: "front-door" })).codes;

test("add a code, change it, switch it off and on, remove it", async ({ ada, house, t }) => {
  await setPin(ada, PIN);
  const { ieee } = await house.device("front-door");
  await ada.goto(`${house.url}/#/locks/${encodeURIComponent(ieee)}`);
  await ada.reload();
  const section = ada.locator('[data-codes="front-door"]');
  const dialog = ada.getByRole("dialog");

  await section.getByRole("button", { name: t.codesCheck }).click();
  await section.getByRole("button", { name: t.codesAdd }).click();
  await dialog.getByLabel(t.codeWhose).fill("Anna");
  await dialog.getByLabel(t.codePin).fill("481516");
  await dialog.getByLabel(t.pin).fill("55555");
  await dialog.getByRole("button", { name: t.codePut }).click();
  await expect(section.getByText(t.wrongPin)).toBeVisible();
  expect(await codes(house)).toEqual([]);

  await section.getByRole("button", { name: t.codesAdd }).click();
  await dialog.getByLabel(t.codeWhose).fill("Anna");
  await dialog.getByLabel(t.codePin).fill("481516");
  await dialog.getByLabel(t.pin).fill(PIN);
  await dialog.getByRole("button", { name: t.codePut }).click();
  await expect(section.getByText("Anna")).toBeVisible();
  await expect(section.getByText(t.codeOpens)).toBeVisible();
  const [{ slot }] = await codes(house);

  // Nothing that the page asks for or holds has the PIN.
  const heard = await ada.evaluate(async (ieee) => (await fetch(`/api/v1/devices/${encodeURIComponent(ieee)}/codes`)).text(), ieee);
  expect(heard).toContain("Anna");
  expect(heard).not.toContain("481516");
  expect(await ada.content()).not.toContain("481516");

  await section.getByRole("button", { name: t.codeChange }).click();
  await dialog.getByLabel(t.codeWhose).fill("Anna B.");
  await dialog.getByRole("button", { name: t.save }).click();
  await expect(section.getByText("Anna B.")).toBeVisible();

  await section.getByRole("button", { name: t.codeDisable }).click();
  await expect(section.getByText(t.codeOff)).toBeVisible();
  await section.getByRole("button", { name: t.codeEnable }).click();
  await dialog.getByLabel(t.pin).fill(PIN);
  await dialog.getByRole("button", { name: t.codeEnable }).click();
  await expect(section.getByText(t.codeOpens)).toBeVisible();

  await house.order(`program lock-1 ${slot} 2342`);
  await expect(section.getByText(t.codeChanged)).toBeVisible();

  await section.getByRole("button", { name: t.codeRemove }).click();
  await dialog.getByRole("button", { name: t.codeRemove }).click();
  await expect(section.getByText("Anna B.")).toBeHidden();
  expect(await codes(house)).toEqual([]);
});

test("a code that was made at the lock is named as such", async ({ ada, house, t }) => {
  const { ieee } = await house.device("front-door");
  await house.order("program lock-1 7 2342");
  await ada.goto(`${house.url}/#/locks/${encodeURIComponent(ieee)}`);
  const section = ada.locator('[data-codes="front-door"]');
  await expect(section.locator('[data-slot="7"]').getByText(t.codeForeign)).toBeVisible();
  await house.order("program lock-1 7 none");
  await expect(section.locator('[data-slot="7"]')).toBeHidden();
});
