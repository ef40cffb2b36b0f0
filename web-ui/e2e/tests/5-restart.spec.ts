// The daemon goes away under the page and comes back.

import { expect, test } from "../support/fixtures.ts";

test("offline is said, and ends without a reload or a login", async ({ ada, house, t }) => {
  await ada.goto(`${house.url}/#/`);
  await ada.evaluate(() => ((window as any).same = true));
  await house.kill();
  await expect(ada.getByText(t.offline)).toBeVisible();
  await house.wake();
  await expect(ada.getByText(t.offline)).toBeHidden({ timeout: 40_000 });
  expect(await ada.evaluate(() => (window as any).same)).toBe(true);
  await house.order("report thermostat-1 local_temperature 2345");
  await expect(ada.locator('[data-device="valve"]')).toContainText(/23[.,][45]/);
});
