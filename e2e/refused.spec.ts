// A browser that refuses a feature: the questionnaire works without it, or the second page says what is needed.

import { expect as base, type BrowserContext, type Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "without scripts only cookies can be refused, which the other project sees");

const refusals: Record<string, () => void> = {
  IndexedDB: () => {
    Object.defineProperty(window, "indexedDB", {
      get() {
        throw new DOMException("refused", "SecurityError");
      },
    });
  },
  "IndexedDB, when it is opened": () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("refused", "SecurityError");
    };
  },
  "navigator.locks": () => {
    LockManager.prototype.request = () => Promise.reject(new DOMException("refused", "SecurityError"));
  },
  "no navigator.locks at all": () => {
    Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
  },
  "the service worker": () => {
    ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException("refused", "SecurityError"));
  },
  "the service worker and its caches": () => {
    for (const [of, name] of [[Navigator.prototype, "serviceWorker"], [window, "caches"]] as const)
      Object.defineProperty(of, name, {
        get() {
          throw new DOMException("refused", "SecurityError");
        },
      });
  },
  "localStorage and sessionStorage": () => {
    for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("refused", "SecurityError");
        },
      });
  },
  BroadcastChannel: () => {
    Object.defineProperty(window, "BroadcastChannel", {
      value: class {
        constructor() {
          throw new DOMException("refused", "SecurityError");
        }
      },
    });
  },
};

/** Answers two pages, and expects the answers to be saved on the server. */
async function goesOn(page: Page, scripted: boolean): Promise<void> {
  const journey = new Journey(page, scripted);
  await page.goto("/complaint/new");
  await journey.alive();
  await page.getByRole("radio").first().check();
  await journey.goOnTo("resident_name");
  await journey.fill(say("steps.resident_name.full_name"), "Wren Example");
  await journey.goOnTo("tenure");
  await expect(page.locator(".or-save-status")).toHaveText(/\d\d:\d\d/);
  const draft = new URL(page.url()).searchParams.get("draft");
  const kept = await (await page.request.get(`/api/v1/drafts/current?draft=${draft}`)).json();
  expect(kept.answers.resident_name.full_name).toBe("Wren Example");
}

for (const [what, refuse] of Object.entries(refusals)) {
  test(`${what} is refused`, async ({ page, scripted }) => {
    await page.addInitScript(refuse);
    await goesOn(page, scripted);
  });
}

test("everything except cookies is refused", async ({ page, scripted }) => {
  for (const [what, refuse] of Object.entries(refusals)) if (!what.includes(",") && !what.startsWith("no ")) await page.addInitScript(refuse);
  await goesOn(page, scripted);
});

/** Simulates a browser or an extension that neither stores nor sends cookies. Returns a function that counts the drafts created. */
async function withoutCookies(context: BrowserContext): Promise<() => number> {
  let drafts = 0;
  await context.route("**/*", async (route) => {
    const headers = { ...route.request().headers() };
    delete headers.cookie;
    const answer = await route.fetch({ headers, maxRedirects: 0 });
    const given = { ...answer.headers() };
    if (given["set-cookie"]?.includes("draft-")) drafts++;
    delete given["set-cookie"];
    await context.clearCookies();
    await route.fulfill({ response: answer, headers: given });
  });
  return () => drafts;
}

test.describe("cookies", () => {
  // With JavaScript the page gets a 401 for the unknown draft, and Chromium writes that to its console.
  test.use({ allowedConsole: /status of 40[14]/ });

  for (const [how, knows] of [
    ["and the browser says so", true],
    ["and the browser does not know", false],
  ] as const) {
    test(`cookies are refused, ${how}`, async ({ page, context }) => {
      if (knows) await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "cookieEnabled", { get: () => false }));
      const drafts = await withoutCookies(context);
      await page.goto("/complaint/who-are-you");
      await page.waitForLoadState("networkidle");
      await page.getByRole("radio").first().check();
      await page.locator("#continue").click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("no_cookies.title"), { timeout: 15_000 });
      await expect(page.getByText(say("no_cookies.ways.allow"))).toBeVisible();
      await page.waitForTimeout(2_000);
      base(drafts(), "no draft for each try").toBeLessThanOrEqual(1);
    });
  }
});
