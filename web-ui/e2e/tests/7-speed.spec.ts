// What the page weighs and how quick it is; figures are printed, sizes are judged. Times are for people to read: these
// machines are noisy.

import { expect, logIn, test } from "../support/fixtures.ts";

test("first load: weight, and time on a slow telephone", async ({ page, house, t }) => {
  test.skip(test.info().project.name !== "phone", "one is enough");
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  let bytes = 0;
  client.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await logIn(page, house, t, "ada");
  await page.waitForTimeout(500);
  bytes = 0;
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  // 1.6 Mbit/s down and 750 kbit/s up, with the delay that Lighthouse calls "Fast 3G" and with that of Chromium's tools.
  for (const [preset, latency, rate] of [["Lighthouse", 150, 1], ["DevTools", 562.5, 0.9]] as const) {
    bytes = 0;
    await client.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: (1.6e6 / 8) * rate, uploadThroughput: (750e3 / 8) * rate });
    const began = Date.now();
    await page.reload({ waitUntil: "commit" });
    await expect(page.locator('[data-device="valve"] output')).toBeVisible({ timeout: 30_000 });
    const shown = Date.now() - began;
    const first = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
    console.log(`first load: ${(bytes / 1000).toFixed(1)} kB on the wire; first paint ${first.toFixed(0)} ms, the house usable after ${shown} ms (Fast 3G of ${preset}, CPU / 4)`);
  }
  expect(bytes).toBeLessThan(120_000);
});

test("a change at the device is on the page", async ({ ada, house }) => {
  test.skip(test.info().project.name !== "desktop", "one is enough");
  await ada.goto(`${house.url}/#/`);
  const tile = ada.locator('[data-device="valve"] .now');
  await expect(tile).toBeVisible();
  const took: number[] = [];
  for (let i = 0; i < 20; i++) {
    const value = 1800 + i * 10;
    const text = (value / 100).toFixed(1);
    const seen = ada.evaluate((text) => new Promise<number>((resolve) => {
      const node = document.querySelector('[data-device="valve"] .now');
      if (!node) return resolve(NaN);
      const look = () => { if (node.textContent?.replace(",", ".").startsWith(text)) { observer.disconnect(); requestAnimationFrame(() => resolve(Date.now())); } };
      const observer = new MutationObserver(look);
      observer.observe(node, { subtree: true, characterData: true, childList: true });
      look();
    }), text);
    await ada.waitForTimeout(100);
    const began = Date.now();
    await house.order(`report thermostat-1 local_temperature ${value}`);
    took.push((await seen) - began);
  }
  took.sort((a, b) => a - b);
  console.log(`device to page, ${took.length} changes: median ${took[10]} ms, slowest ${took.at(-1)} ms (radio simulated, page painted)`);
  expect(took.every(Number.isFinite)).toBe(true);
});

test("200 devices: one event changes one tile", async ({ ada, house }) => {
  const one = await house.device("valve");
  const many = Array.from({ length: 200 }, (_, i) => ({ ...one, ieee: `0x${(0x1000 + i).toString(16).padStart(16, "0")}`, name: `valve ${i}`, room: `Room ${String(i).padStart(3, "0")}` }));
  await ada.route("**/api/v1/devices", (route) => route.fulfill({ json: many }));
  const changed = { ...many[7], state: { ...one.state, local_temperature: 11.1 } };
  let sent = false;
  await ada.route("**/api/v1/changes*", async (route) => {
    if (sent) return route.abort();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    sent = true;
    return route.fulfill({ contentType: "text/event-stream", body: `data: ${JSON.stringify({ change: "device", device: changed })}\n\n` });
  });
  await ada.goto(`${house.url}/#/`);
  await ada.reload();
  await expect(ada.locator("[data-device]")).toHaveCount(200);
  const touched = await ada.evaluate(() => new Promise<string[]>((resolve) => {
    const tiles = new Set<string>();
    const observer = new MutationObserver((records) => {
      for (const record of records) {
        const node = record.target instanceof Element ? record.target : record.target.parentElement;
        const tile = node?.closest("[data-device]")?.getAttribute("data-device");
        if (tile) tiles.add(tile);
        else if (node?.closest(".rooms")) tiles.add(`outside: ${node.tagName}`);
      }
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    setTimeout(() => resolve([...tiles]), 3000);
  }));
  expect(touched).toEqual(["valve 7"]);
  const frames = await ada.evaluate(() => new Promise<number[]>((resolve) => {
    const times: number[] = [];
    let last = performance.now();
    const tick = (now: number) => {
      times.push(now - last);
      last = now;
      window.scrollBy(0, 60);
      if (times.length < 90) requestAnimationFrame(tick);
      else resolve(times.sort((a, b) => a - b));
    };
    requestAnimationFrame(tick);
  }));
  console.log(`scrolling 200 devices: median frame ${frames[45]?.toFixed(1)} ms, 95th ${frames[85]?.toFixed(1)} ms`);
});
