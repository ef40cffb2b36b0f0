// What leaves the house: granted with a typed code, shown in the very bytes, and taken back.

import { expect, test } from "../support/fixtures.ts";

test("grant a summary, see its bytes, revoke it", async ({ ada, house, t }) => {
  await ada.goto(`${house.url}/#/leaves`);
  await expect(ada.getByTestId("leaves")).toHaveText(t.leavesNothing);
  await ada.getByRole("checkbox", { name: "front-door" }).check();
  await ada.getByLabel(t.alias).fill("Doors");
  await ada.getByRole("button", { name: t.put }).click();
  await ada.getByRole("button", { name: t.check }).click();
  await expect(ada.getByText(t.widens)).toBeVisible();
  await expect(ada.getByRole("button", { name: t.apply })).toBeDisabled();
  const field = ada.getByLabel(t.type);
  const label = (await ada.locator("label", { hasText: t.type }).textContent()) ?? "";
  await field.fill(/[0-9a-f]{6}/.exec(label)?.[0] ?? "");
  await ada.getByRole("button", { name: t.apply }).click();
  await expect(ada.getByTestId("leaves")).toHaveText(t.leavesSome);
  expect((await house.ask({ verb: "policy-show" })).audiences).toHaveLength(1);
  await ada.locator("section", { hasText: "alexa_home" }).locator("summary").first().click();
  await expect(ada.locator("pre", { hasText: "Discover" }).first()).toBeVisible();

  await ada.getByText(t.tryit).click();
  await ada.getByRole("button", { name: t.tryAsk, exact: true }).click();
  await expect(ada.getByText(t.entry)).toBeVisible();
  const newest = (await house.ask({ verb: "ledger-list", limit: 1 })).entries[0];
  expect(newest).toMatchObject({ audience: "alexa_home", kind: "rehearsed" });
  await expect(ada.getByText(t.never)).toBeVisible();
  await expect(ada.locator("pre", { hasText: "Discover.Response" }).last()).toHaveText(newest.body);

  await ada.getByRole("button", { name: t.remove }).first().click();
  await ada.getByRole("button", { name: t.check }).click();
  await ada.getByRole("button", { name: t.apply }).click();
  await expect(ada.getByTestId("leaves")).toHaveText(t.leavesNothing);
  await ada.goto(`${house.url}/#/`);
  await expect(ada.getByRole("link", { name: t.nothing })).toBeVisible();
});
