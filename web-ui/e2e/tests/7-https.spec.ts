// The page as it is installed: over HTTPS, with an authority of the hub's own.

import { expect, House, PASSWORD, test } from "../support/fixtures.ts";

test.use({ ignoreHTTPSErrors: true });

test("plain HTTP only leads to HTTPS and to the authority", async ({ page, t }) => {
  const house = new House();
  await house.start("--contacts 1", false);
  try {
    await house.ask({ verb: "person-add", name: "ada", role: "admin", password: PASSWORD });
    const plain = house.url.replace("https:", "http:");
    const refused = await page.request.post(`${plain}/api/v1/session`, { data: { user: "ada", password: PASSWORD }, maxRedirects: 0 });
    expect(refused.status()).toBeGreaterThanOrEqual(400);
    expect(refused.headers()["set-cookie"]).toBeUndefined();
    await page.goto(`${plain}/authority`);
    await expect(page.locator("h1")).toBeVisible();
    const { fingerprint } = await house.ask({ verb: "authority" });
    expect((await page.locator("body").textContent())?.replace(/[^0-9A-F]/g, "")).toContain(String(fingerprint).replace(/[^0-9A-F]/g, ""));
    await page.screenshot({ path: `results/pages/${test.info().project.name}-authority.png`, fullPage: true });

    await page.goto(plain);
    await expect(page).toHaveURL(/^https:/);
    await page.getByLabel(t.name, { exact: true }).fill("ada");
    await page.getByLabel(t.password, { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: t.login }).click();
    await expect(page.getByRole("navigation")).toBeVisible();
    const cookie = (await page.context().cookies()).find((one) => one.name === "hearth_session");
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: "Strict" });
  } finally {
    await house.stop();
  }
});
