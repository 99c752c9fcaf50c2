import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// The Chromium to drive: the one that the environment names, else the system's, else Playwright's own download.
const system = "/usr/bin/chromium";
const executablePath = process.env.ONRECORD_CHROMIUM ?? (existsSync(system) ? system : undefined);

// Root has no sandbox. The browser under test may talk to no server except the server under test.
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
  globalSetup: "./e2e/support/checked.ts",
  outputDir: "target/playwright",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes on the second attempt has failed: a person on a phone has one attempt.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  // Speed is measured elsewhere. Here a slow machine must not look like a broken page.
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: "target/playwright.json" }]],
  use: {
    browserName: "chromium",
    viewport: phone,
    locale: "en-GB",
    timezoneId: "Europe/London",
    launchOptions: { executablePath, args },
    // Without pictures of every moment, which take as long as some tests: the trace has the documents.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
  },
  // Every test runs with and without JavaScript. A test that makes sense in only one of the two skips the other: `test.skip(...)`.
  projects: [
    { name: "js", use: { javaScriptEnabled: true } },
    { name: "no-js", use: { javaScriptEnabled: false } },
  ],
});
