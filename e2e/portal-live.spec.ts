// The pages of a case while they are open: news without a reload, and forms that are sent in the background.

import type { Locator, Page } from "@playwright/test";
import { aCase, unfold } from "./support/case";
import { photo } from "./support/files";
import { expect, test } from "./support/test";
import { say } from "./support/words";

/** The promise: what is new is on the page within five seconds. */
const soon = { timeout: 5_000 };

const streams = /Failed to load resource|net::ERR_/;
test.use({ allowedConsole: streams });

const region = (page: Page) => page.locator("#news");

/** Counts the streams of news that the browser opens. */
function countStreams(page: Page): () => number {
  let count = 0;
  page.context().on("request", (request) => { if (request.url().endsWith("/news") && request.resourceType() === "eventsource") count++; });
  return () => count;
}

test.beforeEach(({ scripted }) => test.skip(!scripted, "a script does it"));

test("an open case shows a new message, status and file, and says so", async ({ page, server, axe }) => {
  const reference = await aCase(page, page.request);
  await unfold(page, "case.timeline");
  const link = page.getByRole("link", { name: say("devices.link") });
  await link.focus();

  await server.command("case", "message", reference, "We have rung your landlord.");
  await expect(page.locator(".or-thread")).toContainText("We have rung your landlord.", soon);
  await expect(region(page)).toContainText(say("case_news.message"));
  await expect(page.locator("#timeline"), "an open part stays open").toBeVisible();
  await expect(link, "the focus stays").toBeFocused();
  await axe();

  await server.command("case", "status", reference, "assessment");
  const status = say("status.assessment.name");
  await expect(page.locator(".or-card__status")).toHaveText(status, soon);
  await expect(region(page)).toContainText(`${say("case.now")}: ${status}.`);

  const file = { files: photo("damp.png"), key: "from-another-device" };
  expect((await page.request.post(`/cases/${reference}/files`, { multipart: file })).ok()).toBe(true);
  await expect(page.locator("#files")).toContainText("damp.png", soon);
  await expect(region(page)).toContainText(say("case_news.file"));

  // On a page where something is being typed, only the news itself.
  await page.goto(`/cases/${reference}/message`);
  const words = page.getByLabel(say("case_actions.message.message"));
  await words.fill("Thank you.");
  await server.command("case", "message", reference, "They will come on Friday.");
  await expect(region(page)).toContainText(say("case_news.elsewhere"), soon);
  await expect(words).toHaveValue("Thank you.");
  await axe();
  await region(page).getByRole("link").click();
  await expect(page.locator(".or-thread")).toContainText("They will come on Friday.");
});

test("one tab of the browser has the stream, a hidden one has none, and without streams the page asks", async ({ page, server }) => {
  const opened = countStreams(page);
  const reference = await aCase(page, page.request);
  await expect.poll(opened).toBe(1);
  const other = await page.context().newPage();
  await other.goto(`/cases/${reference}`);
  await server.command("case", "message", reference, "To all tabs.");
  for (const tab of [page, other]) await expect(tab.locator(".or-thread")).toContainText("To all tabs.", soon);
  expect(opened(), "one stream for both tabs").toBe(1);

  // The other tab takes the stream over once this one is hidden.
  const ended = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/news"));
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await ended;
  await expect.poll(opened).toBe(2);
  await other.close();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await server.command("case", "message", reference, "While the page is hidden.");
  await page.waitForTimeout(6_000);
  expect(asked, "a hidden page asks for nothing").toEqual([]);

  // Seen again, in a browser without streams.
  await page.evaluate(() => {
    Object.assign(window, { EventSource: undefined });
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(page.locator(".or-thread")).toContainText("While the page is hidden.", { timeout: 8_000 });
  const unchanged = page.waitForResponse((response) => response.url().endsWith("/news") && response.status() === 304);
  await unchanged;
  expect(opened()).toBe(2);
});

test.describe("with requests that the test answers", () => {
  // Those of a page with a service worker do not reach the test.
  test.use({ serviceWorkers: "block", allowedConsole: /Failed to load resource|net::ERR_|registration blocked/ });

  test("a message is sent again after a break, once, and errors come back without a page load", async ({ page, axe }) => {
    const reference = await aCase(page, page.request);
    const address = `/cases/${reference}/message`;
    await page.goto(address);
    await page.evaluate(() => Object.assign(window, { same: true }));
    const button = page.getByRole("button", { name: say("case_actions.message.button"), exact: true });
    await button.click();
    await expect(page.locator("#error-summary")).toBeFocused();
    expect(await page.evaluate(() => "same" in window), "the document is the same").toBe(true);
    await axe();

    await page.getByLabel(say("case_actions.message.message")).fill("No one came on Monday.");
    // The first attempt arrives, and its answer is lost. The second does not arrive.
    let attempts = 0;
    await page.route(`**${address}`, async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      attempts++;
      if (attempts === 1) await route.fetch({ maxRedirects: 0 });
      if (attempts <= 2) return route.abort("connectionreset");
      return route.fallback();
    });
    await button.click();
    await expect(page.locator("form[data-typed] [role=status]")).toHaveText(say("case_sending.kept"));
    await axe();
    await expect(page.getByText(say("case_actions.message.done"))).toBeVisible();
    expect(attempts).toBe(3);
    await expect(page.locator(".or-thread__message")).toHaveCount(1);
  });
});

/** Follows a link as a person does: the pointer is on it a moment before the click. */
async function follow(page: Page, link: Locator): Promise<void> {
  const address = await link.getAttribute("href");
  const ready = page.waitForResponse((response) => new URL(response.url()).pathname === address && response.request().resourceType() === "fetch");
  await link.hover();
  await (await ready).finished();
  await link.click();
}

test("pages of a case follow each other without a page load, with what was typed", async ({ page, server, axe }) => {
  const reference = await aCase(page, page.request);
  const heading = page.locator("#page-heading");
  await page.evaluate(() => Object.assign(window, { same: true }));
  const title = await page.title();
  await unfold(page, "case.people_and_contact");
  await follow(page, page.getByRole("link", { name: say("representation.people.link") }));
  await expect(page).toHaveURL(`/cases/${reference}/people`);
  await expect(heading).toBeFocused();
  expect(await page.title()).not.toBe(title);
  await axe();
  // The language is chosen for this page, not for the one before.
  await expect(page.locator(".or-site-header input[name=back]")).toHaveValue(`/cases/${reference}/people`);

  await server.command("case", "message", reference, "While you looked at the people.");
  await page.goBack();
  await expect(page).toHaveTitle(title);
  await expect(page.locator(".or-thread"), "the page in hand is asked for again").toContainText("While you looked at the people.");

  await follow(page, page.locator("main a", { hasText: say("case_actions.message.link") }).first());
  await expect(heading).toBeFocused();
  const words = page.getByLabel(say("case_actions.message.message"));
  await words.fill("Not sent yet.");
  // The page of the case is in hand.
  await page.getByRole("link", { name: say("site.back"), exact: true }).click();
  await expect(page).toHaveTitle(title);
  await follow(page, page.locator("main a", { hasText: say("case_actions.message.link") }).first());
  await expect(words).toHaveValue("Not sent yet.");
  await page.getByRole("button", { name: say("case_actions.message.button"), exact: true }).click();
  await expect(page.getByText(say("case_actions.message.done"))).toBeVisible();
  await expect(page.locator(".or-thread")).toContainText("Not sent yet.");
  await axe();
  // The form that is opened next is a new one.
  await follow(page, page.locator("main a", { hasText: say("case_actions.message.link") }).first());
  await expect(words).toHaveValue("");
  expect(await page.evaluate(() => "same" in window), "no page was loaded").toBe(true);
  await page.reload();
  await expect(words).toHaveValue("");
});
