// The `test` that every test imports instead of Playwright's own:
//
//   import { expect, test } from "./support/test";
//   test("a resident complains", async ({ page, server, axe, scripted }) => { ... });
//
// `page.goto("/")` opens the worker's own server. A console error or warning, or an exception in the page, fails the test.

import { resolve } from "node:path";
import { test as base, expect } from "@playwright/test";
import { expectAccessible, type Rules } from "./axe";
import { startNeutral, type Neutral } from "./neutral";
import { Server } from "./server";

type ForTest = {
  /**
 * Console messages that this test provokes on purpose: `test.use({ allowedConsole: /offline|503/ })`. One pattern, not a list, because
 * Playwright mistakes a list of two objects for a fixture with options.
 */
  allowedConsole: RegExp | undefined;
  /** Whether JavaScript is on. */
  scripted: boolean;
  /** Fails if axe finds anything on the page in its current state. Returns at once if this run has checked the same state. */
  axe: (rules?: Rules) => Promise<void>;
  quietConsole: void;
  serverLog: void;
};

type ForWorker = {
  /** The site that *Exit this page* leads to. */
  neutral: Neutral;
  /** This worker's server. Data stays from test to test, so a test uses its own names and references. */
  server: Server;
};

/** Chromium reports any page with an error status; a page with errors is answered with 422. */
const always = /Failed to load resource: the server responded with a status of 422/;

/** Without JavaScript nothing uses the preloaded Wasm, and Chromium reports that. */
const unused = /was preloaded using link preload but not used/;

/** The organisation of the portal under test, with a long name. */
const organisation = {
  ONRECORD_ORGANISATION__NAME: "Example Housing Ombudsman Service",
  ONRECORD_ORGANISATION__PHONE: "01632 960 100",
  ONRECORD_ORGANISATION__HOURS: "Monday to Friday, 9am to 5pm",
  ONRECORD_ORGANISATION__POST: "1 Example Street\nExampletown",
  ONRECORD_ORGANISATION__LOGO: resolve("public/favicon.svg"),
};

export const test = base.extend<ForTest, ForWorker>({
  allowedConsole: [undefined, { option: true }],

  neutral: [
    async ({}, use) => {
      const [neutral, stop] = await startNeutral();
      await use(neutral);
      stop();
    },
    { scope: "worker" },
  ],

  // One kind of server for all tests: for another kind, Playwright would end the worker with its browser and start both again.
  server: [
    async ({ neutral }, use) => {
      const server = await Server.start([], { ONRECORD_SAFETY__EXIT_URL: neutral.url, ...organisation });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  scripted: async ({ javaScriptEnabled }, use) => {
    await use(javaScriptEnabled ?? true);
  },

  axe: async ({ page, browser, scripted }, use) => {
    await use((rules) => expectAccessible(page, browser, scripted, rules));
  },

  // The server's log of a failed test, beside the screenshot of the page.
  serverLog: [
    async ({ server }, use, info) => {
      const from = server.logged().length;
      await use();
      if (info.status !== info.expectedStatus) {
        await info.attach("server log", { body: server.logged().slice(from), contentType: "text/plain" });
      }
    },
    { auto: true },
  ],

  quietConsole: [
    async ({ context, allowedConsole, scripted }, use) => {
      const complaints: string[] = [];
      const allowed = [always, ...(scripted ? [] : [unused]), ...(allowedConsole ? [allowedConsole] : [])];
      const note = (what: string, text: string) => {
        if (!allowed.some((pattern) => pattern.test(text))) complaints.push(`${what}: ${text}`);
      };
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) note(message.type(), message.text());
      });
      context.on("weberror", (error) => note("exception", error.error().message));
      await use();
      expect(complaints, "the browser's console stays quiet").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
