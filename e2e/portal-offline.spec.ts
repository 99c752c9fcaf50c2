// The pages of a case without a connection: the copy on the phone, what deletes it, and forms that wait until they can be sent.

import type { Page } from "@playwright/test";
import { aCase as aForeignCase } from "./support/case";
import { picture } from "./support/picture";
import { answerUpTo, path, post } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test.use({ allowedConsole: /Failed to load resource|net::ERR_/ });
test.beforeEach(({ scripted }) => test.skip(!scripted, "without scripts a browser stores nothing"));

type Case = { reference: string; access_code: string };

/** Creates a case of this browser, signed in as on a person's own phone. */
async function aCase(page: Page): Promise<Case> {
  await answerUpTo(page.request);
  await post(page.request, "declaration", { agreed: "yes" });
  const { reference, access_code } = await (await page.request.get("/api/v1/drafts/current/receipt")).json();
  await post(page.request, "sign_in", { reference, access_code, remember: "yes" });
  await page.goto(`/cases/${reference}`);
  return { reference, access_code };
}

/** The addresses of the stored pages. */
const stored = (page: Page) =>
  page.evaluate(async () => {
    const addresses: string[] = [];
    for (const name of (await caches.keys()).filter((name) => name.startsWith("copies ")))
      for (const { url } of await (await caches.open(name)).keys()) addresses.push(new URL(url).pathname);
    return addresses.filter((address) => address.startsWith("/cases")).sort();
  });

/** Waits until the page of the case and the forms it leads to are stored. */
async function untilStored(page: Page, { reference }: Case): Promise<void> {
  await expect.poll(() => stored(page)).toEqual(expect.arrayContaining([`/cases/${reference}`, `/cases/${reference}/message`, `/cases/${reference}/people`]));
}

const notice = (page: Page) => page.locator("#copy-notice");
const waiting = (page: Page) => page.locator("#unsent li");
const nothingHere = async (page: Page) => expect(page.getByRole("heading", { level: 1 })).toHaveText(say("offline.page.title"));

/** The number of actions that wait on the phone. */
const unsent = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        const asked = indexedDB.open("onrecord-unsent");
        asked.onsuccess = () => {
          const db = asked.result;
          const count = db.objectStoreNames.contains("actions") ? db.transaction("actions").objectStore("actions").count() : undefined;
          if (count) count.onsuccess = () => done(count.result);
          else done(0);
          db.close();
        };
      }),
  );

/** Writes a message on the open form and selects the button. */
async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel(say("case_actions.message.message")).fill(text);
  await page.getByRole("button", { name: say("case_actions.message.button"), exact: true }).click();
}

/** The number of messages of the person on the case, as the server has it. */
async function messages(page: Page, { reference }: Case): Promise<number> {
  const { entries } = await (await page.request.get(`/api/v1/cases/${reference}/timeline`)).json();
  return entries.filter(({ message, actor_role }: Record<string, string>) => message && actor_role === "resident").length;
}

test("the last seen pages open without a connection, with the time, and are new again with one", async ({ page, context, server, axe }) => {
  const mine = await aCase(page);
  const home = `/cases/${mine.reference}`;
  await expect(notice(page)).toBeHidden();
  await expect(page.locator("#unsent h2")).toBeHidden();
  await untilStored(page, mine);
  await context.setOffline(true);
  await page.reload();
  const when = say("offline.copy.text", { time: "\\d\\d:\\d\\d", date: "\\d+ [A-Z][a-z]+ \\d{4}" });
  await expect(notice(page)).toHaveText(new RegExp(`^${when}$`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(mine.reference);
  await axe();
  await picture(page, "offline-case");
  await page.setViewportSize({ width: 1280, height: 800 });
  await picture(page, "offline-case-wide");
  await page.emulateMedia({ colorScheme: "dark" });
  await axe("colours");
  await picture(page, "offline-case-dark");
  await page.setViewportSize({ width: 360, height: 740 });
  for (const name of ["people", "as-sent", "message", "contact"]) {
    await page.goto(`${home}/${name}`).catch(() => {});
    await expect(notice(page), name).toBeVisible();
  }
  // Sign-in and the list of cases lead to what can be read.
  await page.goto("/sign-in");
  await expect(page).toHaveURL(home);
  await expect(notice(page)).toBeVisible();

  await server.command("case", "message", mine.reference, "They will come on Friday.");
  await context.setOffline(false);
  await expect(page.locator(".or-thread")).toContainText("They will come on Friday.");
  await expect(notice(page)).toBeHidden();
});

test("the page of a server that does not answer is the stored one, until it answers", async ({ page, server }) => {
  const mine = await aCase(page);
  await untilStored(page, mine);
  server.pause();
  try {
    await page.reload();
    await expect(notice(page)).toBeVisible();
  } finally {
    server.resume();
  }
  await expect(notice(page)).toBeHidden();
});

const ways: [string, (page: Page, mine: Case) => Promise<void>][] = [
  ["sign-out", async (page) => page.getByRole("button", { name: say("case.sign_out") }).click()],
  ["Exit this page", async (page) => page.getByRole("button", { name: say("safe.exit.button"), exact: true }).click()],
  [
    "a shared phone",
    async (page) => {
      await page.goto("/this-phone");
      await page.getByRole("button", { name: say("safe.shared.switch_on") }).click();
      await expect(page.locator("html[data-shared]")).toBeAttached();
    },
  ],
  [
    "sign-out on another device",
    async (page, { reference, access_code }) => {
      const other = await page.context().browser()!.newContext({ baseURL: new URL(page.url()).origin });
      await other.request.post("/sign-in", { form: { reference, access_code, action: "continue" } });
      await other.request.post("/signed-in-devices", { form: { end: "others", sure: "yes" } });
      await other.close();
      await page.reload();
      await expect(page).toHaveURL(/\/sign-in/);
    },
  ],
];
for (const [name, leave] of ways) {
  test(`no page is stored after: ${name}`, async ({ page, context, server }) => {
    const mine = await aCase(page);
    await untilStored(page, mine);
    await leave(page, mine);
    // A page of the same site from which the storage is seen.
    const tab = await context.newPage();
    await tab.goto(`${server.url}/robots.txt`);
    await expect.poll(() => stored(tab)).toEqual([]);
    await page.waitForTimeout(500);
    expect(await stored(tab), "nothing is stored afterwards").toEqual([]);
    await context.setOffline(true);
    await tab.goto(`${server.url}/cases/${mine.reference}`).catch(() => {});
    await expect(tab.locator("body")).not.toContainText(mine.reference);
  });
}

test("pages are stored from a page that was loaded past the service worker", async ({ page, context }) => {
  const mine = await aCase(page);
  await untilStored(page, mine);
  await page.evaluate(async () => { for (const name of await caches.keys()) if (name.startsWith("copies ")) await caches.delete(name); });
  const devtools = await context.newCDPSession(page);
  // As with Shift and the reload button.
  await Promise.all([page.waitForEvent("load"), devtools.send("Page.reload", { ignoreCache: true })]);
  await untilStored(page, mine);
});

test("a stored page is not shown after 7 days, nor when the clock was set back", async ({ page, context }) => {
  const mine = await aCase(page);
  for (const days of [7.01, -0.1]) {
    await page.goto(`/cases/${mine.reference}`);
    await untilStored(page, mine);
    const lasts = await page.evaluate(async (days) => {
      let lasts = 0;
      for (const name of (await caches.keys()).filter((name) => name.startsWith("copies "))) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const answer = (await cache.match(request, { ignoreVary: true }))!;
          const times = answer.headers.get("X-Stored")?.split(" ").map(Number);
          if (!times) continue;
          lasts = times[1] - times[0];
          const headers = new Headers(answer.headers);
          headers.set("X-Stored", times.map((time) => time - days * 864e5).join(" "));
          await cache.delete(request, { ignoreVary: true });
          await cache.put(request.url, new Response(await answer.text(), { headers }));
        }
      }
      return lasts;
    }, days);
    expect(lasts).toBe(7 * 864e5);
    await context.setOffline(true);
    await page.reload();
    await nothingHere(page);
    await context.setOffline(false);
  }
});

test("another person who signs in does not see the pages of the one before", async ({ page, context, browser, server }) => {
  const mine = await aCase(page);
  await untilStored(page, mine);
  const elsewhere = await browser.newContext({ baseURL: server.url });
  const theirs = await aCase(await elsewhere.newPage());
  await elsewhere.close();
  await page.goto(path.sign_in);
  await page.locator("#reference").fill(theirs.reference);
  await page.locator("#access_code").fill(theirs.access_code);
  await page.getByRole("button", { name: say("sign_in.button") }).click();
  await expect(page).toHaveURL(`/cases/${theirs.reference}`);
  await expect.poll(() => stored(page)).toContain(`/cases/${theirs.reference}`);
  expect((await stored(page)).filter((address) => address.includes(mine.reference))).toEqual([]);
  await context.setOffline(true);
  await page.goto(`/cases/${mine.reference}`);
  await nothingHere(page);
});

test("a page that the server refuses is not stored any more", async ({ page }) => {
  const mine = await aCase(page);
  await untilStored(page, mine);
  await page.context().clearCookies();
  await page.goto(`/cases/${mine.reference}/people`);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect.poll(() => stored(page)).toEqual([]);
});

test("messages that were written without a connection are sent once, after the tab was closed", async ({ page, context, axe }) => {
  const mine = await aCase(page);
  const home = `/cases/${mine.reference}`;
  await untilStored(page, mine);
  const before = await messages(page, mine);
  await context.setOffline(true);
  await page.goto(`${home}/message`);
  await write(page, "The ceiling came down.");
  await expect(page.locator("form[data-typed] [role=status]")).toHaveText(say("case_sending.kept"));
  await axe();
  // Another message, on the same stored form.
  await page.goto(`${home}/message`);
  await expect(waiting(page)).toHaveCount(1);
  await expect(page.getByLabel(say("case_actions.message.message"))).toHaveValue("");
  await write(page, "No one has called.");
  await page.goto(home);
  await expect(waiting(page)).toHaveCount(2);
  await expect(waiting(page).first()).toContainText("The ceiling came down.");
  await expect(waiting(page).first()).toContainText(say("unsent.waiting"));
  await axe();
  await picture(page, "offline-unsent");
  await page.close();

  await context.setOffline(false);
  const tabs = [await context.newPage(), await context.newPage()];
  let posts = 0;
  context.on("request", (request) => { if (request.method() === "POST" && request.url().endsWith("/message")) posts++; });
  await Promise.all(tabs.map((tab) => tab.goto(home)));
  await expect(tabs[0].locator(".or-thread")).toContainText("No one has called.");
  await expect(tabs[0].locator(".or-thread")).toContainText("The ceiling came down.");
  for (const tab of tabs) await expect(waiting(tab)).toHaveCount(0);
  expect(posts, "of two tabs, one sends").toBe(2);
  expect((await messages(tabs[0], mine)) - before).toBe(2);
  await tabs[0].goto(`${home}/message`);
  await expect(tabs[0].getByLabel(say("case_actions.message.message"))).toHaveValue("");
});

test.describe("with requests that the test answers", () => {
  // Those of a page with a service worker do not reach the test.
  test.use({ serviceWorkers: "block", allowedConsole: /net::ERR_|registration blocked/ });

  test("a connection that dies in the middle of a message, and a tab that ends: one message", async ({ page, context }) => {
    const mine = await aCase(page);
    const home = `/cases/${mine.reference}`;
    const before = await messages(page, mine);
    await page.goto(`${home}/message`);
    // The server has the message, and its answer is lost.
    await page.route(`**${home}/message`, async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      await route.fetch({ maxRedirects: 0 });
      await context.setOffline(true);
      return route.abort("connectionreset");
    });
    await write(page, "The boiler is broken.");
    await expect(page.locator("form[data-typed] [role=status]")).toHaveText(say("case_sending.kept"));
    await page.close();
    await context.setOffline(false);
    const tab = await context.newPage();
    await tab.goto(home);
    await expect(tab.locator("#unsent [role=status]")).toContainText(say("case_sending.sent"));
    expect((await messages(tab, mine)) - before).toBe(1);
  });
});

test("a message that is refused stays with its text and can be changed", async ({ page, context, axe }) => {
  const mine = await aCase(page);
  const home = `/cases/${mine.reference}`;
  await untilStored(page, mine);
  await context.setOffline(true);
  await page.goto(`${home}/message`);
  const long = "word ".repeat(6_100);
  // A page that the browser has translated is checked by the server only.
  await page.evaluate(() => document.documentElement.classList.add("translated-ltr"));
  await write(page, long);
  await page.goto(home);
  await expect(waiting(page)).toHaveCount(1);
  await context.setOffline(false);
  await page.goto(home);
  await expect(waiting(page)).toContainText(say("unsent.refused"));
  await axe();
  await waiting(page).getByRole("link", { name: say("unsent.change") }).click();
  const words = page.getByLabel(say("case_actions.message.message"));
  await expect(words).toHaveValue(long);
  await expect(waiting(page)).toHaveCount(0);
  await write(page, "A short message.");
  await expect(page.getByText(say("case_actions.message.done"))).toBeVisible();

  // Another device does the same meanwhile.
  await page.goto(home);
  await untilStored(page, mine);
  await context.setOffline(true);
  await page.goto(`${home}/withdraw`);
  await page.locator("form[data-typed] textarea").fill("It is repaired.");
  await page.locator("#send").click();
  await page.goto(home);
  await expect(waiting(page)).toContainText("It is repaired.");
  expect((await page.request.post(`${home}/withdraw`, { form: { key: "from-another-device", reason: "" } })).ok()).toBe(true);
  await context.setOffline(false);
  await expect(waiting(page)).toContainText(`${say("unsent.refused")} ${say("case_actions.stopped.not_now")}`);
  await expect(waiting(page)).toContainText("It is repaired.");
  await waiting(page).getByRole("button", { name: say("unsent.delete") }).click();
  await expect(waiting(page)).toHaveCount(0);
});

test("signed out meanwhile, the message waits for its writer and not for another person", async ({ page, context, browser, server, axe }) => {
  const mine = await aCase(page);
  const home = `/cases/${mine.reference}`;
  await untilStored(page, mine);
  await context.setOffline(true);
  await page.goto(`${home}/message`);
  await write(page, "Please call me.");
  await page.goto(home);
  await expect(waiting(page)).toHaveCount(1);
  await context.clearCookies();
  await context.setOffline(false);
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.locator("#unsent")).toContainText(say("unsent.signed_out"));
  await expect(page.locator("#unsent")).not.toContainText("Please call me.");
  await axe();

  const elsewhere = await browser.newContext({ baseURL: server.url });
  const other = await elsewhere.newPage();
  const theirs = await aForeignCase(other, other.request);
  await context.addCookies(await elsewhere.cookies());
  await elsewhere.close();
  await page.goto(`/cases/${theirs}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(theirs);
  await expect(waiting(page)).toHaveCount(0);

  await post(page.request, "sign_in", { reference: mine.reference, access_code: mine.access_code });
  await page.goto(home);
  await expect(page.locator(".or-thread")).toContainText("Please call me.");
  expect(await messages(page, mine)).toBe(1);
});

test("sign-out asks before it deletes a message that is not sent", async ({ page, context, server, axe }) => {
  const mine = await aCase(page);
  const home = `/cases/${mine.reference}`;
  await untilStored(page, mine);
  await context.setOffline(true);
  await page.goto(`${home}/message`);
  await write(page, "Not sent.");
  await page.goto(home);
  await expect(waiting(page)).toHaveCount(1);
  const button = page.getByRole("button", { name: say("case.sign_out") });
  await button.click();
  await expect(page.locator("#unsent [role=status]")).toHaveText(say("unsent.leaving"));
  await axe();
  expect(await unsent(page)).toBe(1);
  await button.click();
  await context.setOffline(false);
  await page.goto(`${server.url}/help`);
  expect(await unsent(page)).toBe(0);
  expect(await stored(page)).toEqual([]);
});
