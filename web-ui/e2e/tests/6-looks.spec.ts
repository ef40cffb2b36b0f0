// Every page in both themes: no violation of WCAG 2.2 A and AA, nothing wider than the screen, nothing asked of another
// host, and no name that becomes markup.

import { AxeBuilder } from "@axe-core/playwright";

import { expect, logIn, test } from "../support/fixtures.ts";

const PLACES = ["", "room/Bathroom", "room/Hall", "locks", "leaves", "more", "more/add", "more/devices", "more/adapters", "more/people", "more/me", "more/events", "more/mqtt", "more/system", "more/settings"];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

for (const scheme of ["light", "dark"] as const) {
  test(`axe on every page, ${scheme}`, async ({ ada, house }) => {
    test.setTimeout(180_000);
    await ada.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const { ieee } = await house.device("front-door");
    await house.order("program lock-1 7 2342");
    const found: string[] = [];
    for (const place of [...PLACES, `locks/${ieee}`, `more/devices/${ieee}`]) {
      await ada.goto(`${house.url}/#/${place}`);
      await expect(ada.locator("main h1, main h2").first()).toBeVisible();
      await ada.waitForLoadState("networkidle", { timeout: 1000 }).catch(() => {});
      const { violations } = await new AxeBuilder({ page: ada }).withTags(TAGS).analyze();
      for (const { id, nodes } of violations) found.push(`${place}: ${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).slice(0, 3).join(" | ")}`);
      const wide = await ada.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`${place}: ${wide} px wider than the screen`);
      await ada.screenshot({ path: `results/pages/${test.info().project.name}-${scheme}-${place.split("/").slice(0, 2).join("-").replace(ieee, "one") || "home"}.png`, fullPage: true });
    }
    await house.order("program lock-1 7 none");
    expect(found).toEqual([]);
  });
}

test("axe on the login", async ({ page, house, t }) => {
  await page.goto(house.url);
  await expect(page.getByRole("button", { name: t.login })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  expect(violations).toEqual([]);
});

test("xss-by-name-all-pages", async ({ page, house, t }) => {
  test.setTimeout(120_000);
  const evil = `<img src=x onerror=window.hit=1>{{7*7}}'"`;
  const problems: string[] = [];
  page.on("dialog", (dialog) => { problems.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith(house.url)) problems.push(`a request to ${request.url()}`); });
  page.on("console", (message) => { if (/Content Security Policy|Trusted/.test(message.text())) problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(error.message));
  await house.ask({ verb: "rename", from: "window", to: evil });
  await house.ask({ verb: "place", name: evil, room: evil });
  await house.ask({ verb: "code-put", name: "front-door", slot: 5, pin: "481516", whose: evil });
  const door = (await house.device("front-door")).ieee;
  await house.ask({ verb: "person-add", name: "<svg onload=window.hit=1>", role: "admin", password: "correct horse battery" });
  try {
    await logIn(page, house, t, "<svg onload=window.hit=1>");
    const { ieee } = await house.device(evil);
    for (const place of [...PLACES, `room/${encodeURIComponent(evil)}`, `more/devices/${ieee}`, `locks/${door}`, "%3Cimg%20src=x%20onerror=window.hit=1%3E", "room/%E0%A4%A"]) {
      await page.goto(`${house.url}/#/${place}`);
      await page.waitForTimeout(250);
      expect(await page.evaluate(() => (window as any).hit), place).toBeUndefined();
    }
    await page.goto(`${house.url}/#/`);
    await expect(page.getByRole("heading", { name: evil })).toBeVisible();
    expect(problems).toEqual([]);
  } finally {
    await house.ask({ verb: "code-remove", name: "front-door", slot: 5 });
    await house.ask({ verb: "rename", from: evil, to: "window" });
    await house.ask({ verb: "place", name: "window", room: "Kitchen" });
    await house.ask({ verb: "person-remove", name: "<svg onload=window.hit=1>" });
  }
});
