// What every test imports instead of Playwright's own `test`:
//
//   import { expect, test } from "./support/test";
//   test("a resident complains", async ({ page, server, axe, scripted }) => { ... });
//
// `page.goto("/")` is on the worker's own server. A console error or warning, or an exception in the page, fails the test.

import { test as base, expect } from "@playwright/test";
import { expectAccessible } from "./axe";
import { Server } from "./server";

type ForTest = {
  /**
   * Console messages that this test provokes on purpose: `test.use({ allowedConsole: /offline|503/ })`. One pattern rather
   * than a list, because Playwright takes a list of two objects for something else.
   */
  allowedConsole: RegExp | undefined;
  /** Whether JavaScript is on. */
  scripted: boolean;
  /** Fails when axe finds anything on the page as it stands. */
  axe: () => Promise<void>;
  quietConsole: void;
  serverLog: void;
};

type ForWorker = {
  /** This worker's server. Data stays from test to test: a test uses names and references of its own. */
  server: Server;
};

/** Chromium itself reports any page that comes with an error status; a 422 is how a page with mistakes on it is answered. */
const always = /Failed to load resource: the server responded with a status of 422/;

/** Without scripts nothing uses the Wasm that the page asks for early; Chromium remarks on that. */
const unused = /was preloaded using link preload but not used/;

export const test = base.extend<ForTest, ForWorker>({
  allowedConsole: [undefined, { option: true }],

  server: [
    async ({}, use) => {
      const server = await Server.start();
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
    await use(() => expectAccessible(page, browser, scripted));
  },

  // What the server said while the test ran, beside the picture of a page that failed.
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
