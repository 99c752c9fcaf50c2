import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// The Chromium to drive: named by the environment, the system's, or else Playwright's own download.
const system = "/usr/bin/chromium";
const executablePath = process.env.ONRECORD_CHROMIUM ?? (existsSync(system) ? system : undefined);

// Root has no sandbox, and no browser under test may talk to anyone but the server under test.
const args = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

const phone = { width: 360, height: 740 };

export default defineConfig({
  testDir: "e2e",
  outputDir: "target/playwright",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes at the second try has failed: someone on a phone has one try.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  // How fast things are is measured elsewhere; here a busy machine must not be told from a broken page by its pace.
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: "target/playwright.json" }]],
  use: {
    browserName: "chromium",
    viewport: phone,
    locale: "en-GB",
    timezoneId: "Europe/London",
    launchOptions: { executablePath, args },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  // Every journey is walked through both doors. A test that makes sense in one alone says so with `test.skip(noJs)`.
  projects: [
    { name: "js", use: { javaScriptEnabled: true } },
    { name: "no-js", use: { javaScriptEnabled: false } },
  ],
});
