// The page in the distribution's own browser, against the real daemon with a simulated home.

import { defineConfig } from "@playwright/test";

import type { Options } from "./support/fixtures.ts";

// Headless Chromium must not look for anything outside.
const args = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export default defineConfig<Options>({
  testDir: "tests",
  outputDir: "results",
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: { launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args }, screenshot: "on", trace: "retain-on-failure" },
  projects: [
    { name: "desktop", use: { locale: "en-GB", viewport: { width: 1280, height: 900 }, colorScheme: "light" } },
    { name: "phone", use: { locale: "de-DE", viewport: { width: 360, height: 740 }, colorScheme: "dark", hasTouch: true } },
  ],
});
