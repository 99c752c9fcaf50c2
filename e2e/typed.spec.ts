// What is typed is not lost when a page is left without Continue: on this phone at once, with us within seconds.

import type { BrowserContext, Page } from "@playwright/test";
import { aCase } from "./support/case";
import { branches, everyAnswer } from "./support/every_answer";
import { photo } from "./support/files";
import { Journey } from "./support/journey";
import { answerUpTo, path, post, type Step } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

/** The form of the page, as `public/typed.js` finds it. */
const form = "form[data-typed]";

/** What can be typed or chosen there. Some pages only tell something. */
const fields = `${form} :is(textarea, select, input:not([type=hidden]))`;

/** The pages of the questionnaire that apply together, with something to type. */
const pages = (Object.keys(path) as Step[]).filter(
  (step) => path[step].startsWith("/complaint/") && !["tasks", "check", "sent", "declaration", "evidence", "letters", "authority_file", ...Object.keys(branches)].includes(step),
);

/** Types into every field of the page as a person does, and returns what its form contains then. */
async function typeEverywhere(page: Page): Promise<string> {
  const texts = page.locator(`${form} :is(textarea, input:is([type=text], [type=email], [type=tel]):not([tabindex="-1"]))`);
  for (const field of await texts.all()) {
    if (!(await field.isVisible())) continue;
    await field.fill(`7 ${(await field.getAttribute("name"))?.slice(0, 6)}`);
  }
  for (const box of await page.locator(`${form} input[type=checkbox]`).all()) if (await box.isVisible()) await box.setChecked(!(await box.isChecked()));
  const radios = page.locator(`${form} input[type=radio]:not(:checked)`);
  // Another choice may show more fields, or hide some; the last one is as good as any.
  if ((await radios.count()) > 0) await radios.last().check({ force: true });
  return contents(page);
}

/** Returns what the fields of the page's form contain. */
async function contents(page: Page): Promise<string> {
  return page.evaluate((selector) => {
    const found = document.querySelector<HTMLFormElement>(selector);
    if (!found) return "no form";
    const entries = [...new FormData(found)].filter(([name]) => !/seen$|^key$|^registration_number$/.test(name));
    return JSON.stringify(entries);
  }, form);
}

/** Ends the tab as a phone does: no event reaches the page. Its process stays, because other tabs, or the browser, may end with it. */
async function crash(page: Page, context: BrowserContext): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setScriptExecutionDisabled", { value: true });
  await page.close();
}

/** Ends the tab. Returns a new one at this address. */
async function killed(page: Page, context: BrowserContext, address: string): Promise<Page> {
  await crash(page, context);
  return opened(context, address);
}

async function opened(context: BrowserContext, address: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(address);
  return tab;
}

/** Waits until the server has what was typed, and returns it. */
async function untilStored(page: Page, type: () => Promise<string>): Promise<string> {
  const typed = await type();
  await expect(page.locator("#typed-status")).toHaveText(say("typed_text.ours"));
  return typed;
}

/** Types on one page, ends the tab after these seconds, and opens the page again: later than the longest pause on another device first. */
async function survives(phone: BrowserContext, step: Step, seconds: number): Promise<void> {
  const tab = await opened(phone, path[step]);
  await new Journey(tab, true).alive();
  if ((await tab.locator(fields).count()) === 0) return tab.close();
  const typed = await typeEverywhere(tab);
  await tab.waitForTimeout(seconds * 1_000);
  await crash(tab, phone);
  if (seconds > 4) {
    // Another device has nothing of what the phone stores, and needs no scripts.
    const other = await phone.browser()!.newContext({ baseURL: new URL(tab.url()).origin, javaScriptEnabled: false });
    await other.addCookies(await phone.cookies());
    const elsewhere = await opened(other, path[step]);
    expect(await contents(elsewhere), `${step}, on another device`).toBe(typed);
    await other.close();
  }
  const again = await opened(phone, path[step]);
  await expect.poll(() => contents(again), { message: step }).toBe(typed);
  if (seconds === 1) {
    await new Journey(again, true).alive();
    expect(await contents(again), `${step}, hydrated`).toBe(typed);
  }
  await again.close();
}

test.describe("in a tab that is ended", () => {
  // A request of the tab fails with it.
  test.use({ allowedConsole: /net::ERR_FAILED/ });

  for (const seconds of [0, 1, 6]) {
    test(`after ${seconds} seconds, on every page of the questionnaire`, async ({ browser, server, scripted }) => {
      test.skip(!scripted, "without scripts nothing is stored while it is typed");
      test.setTimeout(300_000);
      const left: Step[] = [...pages, ...(Object.keys(branches) as Step[])];
      const phones = Array.from({ length: 6 }, async () => {
        let phone: BrowserContext | undefined;
        for (let step = left.shift(); step; step = left.shift()) {
          const branch = branches[step];
          if (!phone || branch) {
            phone = await browser.newContext({ baseURL: server.url });
            await everyAnswer(phone.request);
          }
          if (branch) await post(phone.request, ...branch);
          await survives(phone, step, seconds);
        }
      });
      await Promise.all(phones);
    });
  }
});

test("text is sent four seconds after it was begun at the latest, however long a person types", async ({ page, scripted }) => {
  test.skip(!scripted, "without scripts nothing is stored while it is typed");
  await answerUpTo(page.request, "what_happened");
  await page.clock.install();
  await page.goto(path.what_happened);
  await new Journey(page, scripted).alive();
  let sent = 0;
  page.on("request", (request) => { if (request.url().includes("/typed/what_happened")) sent++; });
  const words = page.getByLabel(say("steps.what_happened.heading"));
  for (let second = 1; second <= 4; second++) {
    await words.fill("word ".repeat(second));
    await page.clock.runFor(1_000);
  }
  await expect.poll(() => sent).toBeGreaterThan(0);
});

test("a story that was not continued is there after saving for later, the task list and Back", async ({ page, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  const story = "The wall is wet.\nNobody came.";
  const words = page.getByLabel(say("steps.what_happened.heading"));
  await answerUpTo(page.request, "what_happened");
  for (const way of ["tasks.link", "save_and_resume.title"]) {
    await journey.open("what_happened");
    await words.fill(`${story} ${way}`);
    await page.locator("#leave").getByText(say(way)).click();
    await expect(page).not.toHaveURL((url) => url.pathname === path.what_happened);
    if (way === "tasks.link") {
      await journey.on("tasks");
      await axe();
    }
    await journey.open("what_happened");
    await expect(words).toHaveValue(`${story} ${way}`);
  }
  // An answer that is not complete cannot be stored as one, and is shown as unfinished.
  await journey.open("home_address");
  await page.getByLabel(say("steps.home_address.postcode")).fill("M");
  await page.locator("#leave").getByText(say("tasks.link")).click();
  await journey.on("tasks");
  const unfinished = page.locator("#unfinished");
  await expect(unfinished.getByRole("link", { name: say("steps.home_address.short") })).toBeVisible();
  await axe();
  await journey.open("check");
  await expect(unfinished).toBeVisible();
  await unfinished.getByRole("link", { name: say("steps.home_address.short") }).click();
  await journey.on("home_address");
  await expect(page.getByLabel(say("steps.home_address.postcode"))).toHaveValue("M");
  await page.getByLabel(say("steps.home_address.postcode")).fill("M1 1AE");
  await journey.goOn();
  await expect(page).not.toHaveURL((url) => url.pathname === path.home_address);
  // The answer is saved in the background.
  await expect(async () => {
    await journey.open("tasks");
    await expect(unfinished.getByRole("link", { name: say("steps.home_address.short") })).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
});

test("a page that the app shows without loading has what was typed before", async ({ page, scripted }) => {
  test.skip(!scripted, "without scripts every page is loaded");
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "what_happened");
  await journey.open("what_happened");
  const words = page.getByLabel(say("steps.what_happened.heading"));
  await words.fill("Half a sentence");
  await page.getByRole("link", { name: say("site.back"), exact: true }).click();
  await journey.on("category");
  await journey.goOnTo("what_happened");
  await expect(words).toHaveValue("Half a sentence");
  // Continue makes it an answer: nothing is left to restore over a later change.
  await words.fill("A whole sentence.");
  await journey.goOnTo("hazard");
  await post(page.request, "what_happened", { what_happened: "From another device." });
  await journey.open("what_happened");
  await expect(words).toHaveValue("From another device.");
});

test("a description of a file is there in a new tab and on another device until it is saved", async ({ page, context, browser, server, scripted }) => {
  test.skip(!scripted, "without scripts nothing is stored while it is typed");
  await answerUpTo(page.request);
  const sent = await page.request.post(path.evidence, { multipart: { files: photo("wall.png"), action: "upload" }, maxRedirects: 0 });
  expect(sent.status()).toBe(303);
  await page.goto(path.evidence);
  await page.getByRole("link", { name: `${say("files.more")} wall.png` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("file.heading"));
  const address = page.url();
  await page.getByLabel(say("file.caption")).fill("Mould by");
  const tab = await killed(page, context, address);
  await expect(tab.getByLabel(say("file.caption"))).toHaveValue("Mould by");
  const stored = tab.waitForResponse((answer) => answer.request().postData()?.includes("Black spots") === true && answer.status() === 204);
  await tab.getByLabel(say("file.shows")).fill("Black spots");
  await stored;
  const other = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  await other.addCookies(await context.cookies());
  const elsewhere = await other.newPage();
  await elsewhere.goto(path.tasks);
  await elsewhere.locator("#unfinished").getByRole("link", { name: say("typed_text.unfinished.file", { name: "wall.png" }) }).click();
  await expect(elsewhere.getByLabel(say("file.caption"))).toHaveValue("Mould by");
  await expect(elsewhere.getByLabel(say("file.shows"))).toHaveValue("Black spots");
  await elsewhere.getByLabel(say("file.caption")).fill("Mould by the bed");
  await elsewhere.getByRole("button", { name: say("file.save") }).click();
  await expect(elsewhere).toHaveURL((url) => url.pathname === path.evidence);
  await elsewhere.goto(path.tasks);
  await expect(elsewhere.locator("#unfinished")).toHaveCount(0);
  await other.close();
  await tab.goto(address);
  await expect(tab.getByLabel(say("file.caption"))).toHaveValue("Mould by the bed");
});

test("a shared phone stores nothing, and we store the text", async ({ page, context, scripted }) => {
  test.skip(!scripted, "without scripts nothing is stored while it is typed");
  await answerUpTo(page.request, "what_happened");
  await page.request.post("/this-phone", { form: { shared: "on", from: "/" } });
  await page.goto(path.what_happened);
  await new Journey(page, scripted).alive();
  const words = page.getByLabel(say("steps.what_happened.heading"));
  const typed = await untilStored(page, async () => {
    await words.fill("On a shared phone.");
    return contents(page);
  });
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  const tab = await killed(page, context, path.what_happened);
  expect(await contents(tab)).toBe(typed);
});

test("after sending nothing that was typed is left on the phone", async ({ page, scripted }) => {
  test.skip(!scripted, "without scripts nothing is stored while it is typed");
  await answerUpTo(page.request);
  await page.goto(path.effect);
  await new Journey(page, scripted).alive();
  await untilStored(page, async () => {
    await page.locator(`${form} textarea`).first().fill("We cannot sleep.");
    return contents(page);
  });
  const left = () => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("typed ")).length);
  expect(await left()).toBe(1);
  await post(page.request, "declaration", { agreed: "yes" });
  await page.goto(path.sent);
  await expect.poll(left).toBe(0);
});

test("what is typed just before leaving quickly is with us, and not on the phone", async ({ page, playwright, neutral, server, scripted }) => {
  test.skip(!scripted, "without scripts nothing is stored while it is typed");
  await answerUpTo(page.request, "what_happened");
  const draft = await (await page.request.get("/api/v1/drafts/current")).json();
  const made = await page.request.post(`/api/v1/drafts/${draft.id}/return-codes`);
  const { code } = await made.json();
  await page.goto(path.what_happened);
  await new Journey(page, scripted).alive();
  await page.getByLabel(say("steps.what_happened.heading")).fill("He is coming.");
  await page.getByRole("button", { name: say("safe.exit.button"), exact: true }).click();
  await expect(page).toHaveURL(neutral.url);
  const other = await playwright.request.newContext({ baseURL: server.url });
  const { token } = await (await other.post("/api/v1/returns", { data: { code } })).json();
  const text = async () => (await (await other.get("/api/v1/drafts/current", { headers: { Authorization: `Bearer ${token}` } })).json()).typed?.what_happened?.what_happened;
  await expect.poll(text).toEqual(["He is coming."]);
  await page.goto(`${server.url}/help`);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await other.dispose();
});

test("a message about a case is there in a new tab and on another device until it is sent", async ({ page, context, browser, server, scripted }) => {
  test.skip(!scripted, "without scripts nothing is stored while it is typed");
  await aCase(page, page.request);
  const address = `${new URL(page.url()).pathname}/message`;
  await page.goto(address);
  const label = say("case_actions.message.message");
  await page.getByLabel(label).fill("Has anything");
  const tab = await killed(page, context, address);
  await expect(tab.getByLabel(label)).toHaveValue("Has anything");
  const stored = tab.waitForResponse((answer) => answer.request().postData()?.includes("Has anything happened?") && answer.status() === 204);
  await tab.getByLabel(label).fill("Has anything happened?");
  await stored;
  const other = await browser.newContext({ baseURL: server.url });
  await other.addCookies(await context.cookies());
  const elsewhere = await other.newPage();
  await elsewhere.goto(address);
  await expect(elsewhere.getByLabel(label)).toHaveValue("Has anything happened?");
  const key = (of: Page) => of.locator("input[name=key]").inputValue();
  expect(await key(elsewhere), "the same message, not a second one").toBe(await key(tab));
  await elsewhere.getByRole("button", { name: say("case_actions.message.button") }).click();
  await expect(elsewhere).toHaveURL(/done=message/);
  await other.close();
  await tab.goto(address);
  await expect(tab.getByLabel(label)).toHaveValue("");

  // A question that is answered after sending.
  const question = `${address.replace(/message$/, "add-more")}${path.effect.replace("/complaint", "")}`;
  await tab.goto(question);
  await tab.locator(`${form} textarea`).first().fill("We cannot sleep");
  const again = await killed(tab, context, question);
  await expect(again.locator(`${form} textarea`).first()).toHaveValue("We cannot sleep");
});
