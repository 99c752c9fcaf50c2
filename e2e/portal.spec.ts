// Case actions on a sent case: one path for each.

import type { Page } from "@playwright/test";
import { aCase, unfold, unfoldAll } from "./support/case";
import { photo } from "./support/files";
import { picture } from "./support/picture";
import { expect, test } from "./support/test";
import type { Server } from "./support/server";
import { say } from "./support/words";

// One test is without a connection for a while.
test.use({ allowedConsole: /net::ERR_INTERNET_DISCONNECTED/ });

async function fits(page: Page, name: string, axe: () => Promise<void>): Promise<void> {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await picture(page, `portal-${name}-${width}`);
  }
  await axe();
}

/** Opens a case action from the case page, posts it empty if that is an error, and leaves it open. */
async function open(page: Page, act: string, axe: () => Promise<void>, wrong = true): Promise<void> {
  await page.locator("main a", { hasText: say(`case_actions.${act}.link`) }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say(`case_actions.${act}.title`));
  await fits(page, act, axe);
  if (!wrong) return;
  await send(page, act);
  await expect(page.getByText(say("form.problem"))).toBeVisible();
  await axe();
}

async function send(page: Page, act: string): Promise<void> {
  await page.getByRole("button", { name: say(`case_actions.${act}.button`), exact: true }).click();
}

async function done(page: Page, act: string): Promise<void> {
  await expect(page.getByText(say(`case_actions.${act}.done`))).toBeVisible();
}

const desk = (server: Server, ...words: string[]) => server.command("case", ...words);

test("a message, the diary, files and another problem", async ({ page, axe }) => {
  await aCase(page, page.request);
  await open(page, "message", axe);
  await page.getByLabel(say("case_actions.message.message")).fill("No one came on Monday.");
  await send(page, "message");
  await done(page, "message");

  await open(page, "diary", axe);
  await page.getByLabel(say("date.month")).fill("May");
  await page.getByLabel(say("date.year")).fill("2026");
  await page.getByLabel(say("case_actions.diary.what")).fill("The damp is worse.");
  // One file is refused: the text and the other file come back, and need not be given again.
  const empty = { name: "empty.png", mimeType: "image/png", buffer: Buffer.from("") };
  await page.getByLabel(say("case_actions.with_files.files")).setInputFiles([photo("damp.png"), empty]);
  await send(page, "diary");
  await expect(page.locator("#files-here")).toContainText("damp.png");
  await expect(page.getByLabel(say("case_actions.diary.what"))).toHaveValue("The damp is worse.");
  await fits(page, "diary-refused", axe);
  await send(page, "diary");
  await done(page, "diary");
  await expect(page.locator(".or-timeline__event--latest")).toContainText("damp.png");
  await fits(page, "case", axe);
  await unfoldAll(page);
  await fits(page, "case-unfolded", axe);

  await open(page, "files", axe);
  await page.getByLabel(say("case_actions.files.files")).setInputFiles({ name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear tenant") });
  await send(page, "files");
  await done(page, "files");

  await open(page, "add_issue", axe);
  await page.getByRole("radio", { name: say("steps.category.category_options.staff.text") }).check();
  await page.getByLabel(say("case_actions.add_issue.what_happened")).fill("They were rude.");
  await send(page, "add_issue");
  await done(page, "add_issue");
});

test("a question left open is answered after sending", async ({ page, axe }) => {
  const reference = await aCase(page, page.request);
  await open(page, "add_more", axe, false);
  const question = say("steps.reported.short");
  await page.getByRole("link", { name: question, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("steps.reported.heading"));
  await fits(page, "add-more-question", axe);
  const whom = page.getByLabel(say("steps.reported.to_whom"));
  await whom.fill("Sam at the office");
  await send(page, "add_more");
  await expect(page.getByText(say("form.problem"))).toBeVisible();
  await expect(whom).toHaveValue("Sam at the office");
  await axe();
  await page.getByRole("checkbox", { name: say("steps.reported.how_options.phone.text") }).check();
  await send(page, "add_more");
  await done(page, "add_more");
  await fits(page, "add-more-done", axe);
  await page.goto(`/cases/${reference}/as-sent`);
  await expect(page.getByText("Sam at the office")).toBeVisible();
  await axe();
});

test("a request is answered; the complaint is withdrawn, and the withdrawal undone", async ({ page, server, axe }) => {
  const reference = await aCase(page, page.request);
  await desk(server, "request-information", reference, "Which room is it?", "Since when?", "--due", "2030-01-31");
  await page.reload();
  await open(page, "answer", axe);
  await page.getByLabel("Which room is it?").fill("The bedroom.");
  await page.getByLabel("Since when?").fill("March.");
  await send(page, "answer");
  await done(page, "answer");

  await open(page, "withdraw", axe, false);
  await send(page, "withdraw");
  await done(page, "withdraw");
  await open(page, "undo_withdrawal", axe, false);
  await send(page, "undo_withdrawal");
  await done(page, "undo_withdrawal");
});

test("orders are answered and a review is requested", async ({ page, server, axe }) => {
  const reference = await aCase(page, page.request);
  await desk(server, "status", reference, "assessment");
  await desk(server, "decide", reference, "Your landlord took too long.", "--finding", "1=service_failure");
  await desk(server, "order", reference, "Mend the roof.", "--due", "2030-01-31");
  await page.reload();
  await page.getByRole("link", { name: say("case.order_link", { number: "1" }) }).click();
  await fits(page, "orders", axe);
  await page.getByRole("radio", { name: say("case_actions.orders.choice.no"), exact: true }).check();
  await send(page, "orders");
  await done(page, "orders");

  // After a decision, Withdraw is in a folded part, and its page says what it would mean for the orders.
  await expect(page.getByRole("link", { name: say("case_actions.withdraw.link"), exact: true })).toBeHidden();
  await unfold(page, "case.can_also");
  await open(page, "withdraw", axe, false);
  await expect(page.getByText(say("case_actions.withdraw.orders"))).toBeVisible();
  await page.getByRole("link", { name: say("case_actions.leave"), exact: true }).click();

  await open(page, "review", axe);
  await page.getByRole("radio", { name: say("case_actions.review.ground.new_evidence") }).check();
  await page.getByLabel(say("case_actions.review.why")).fill("A report.");
  await send(page, "review");
  await done(page, "review");
  await fits(page, "case-decided", axe);
});

test.describe("with a page that the test answers", () => {
  // That of a page with a service worker does not reach the test.
  test.use({ serviceWorkers: "block", allowedConsole: /net::ERR_INTERNET_DISCONNECTED|registration blocked/ });

  test("text typed about a case is shown to its person only, until it is sent", async ({ page, scripted }) => {
    test.skip(!scripted, "a script keeps it");
    const reference = await aCase(page, page.request);
    const address = `/cases/${reference}/message`;
    const words = () => page.getByLabel(say("case_actions.message.message"));
    const key = () => page.locator("input[name=key]").inputValue();
    await page.goto(address);
    const name = await key();
    await words().fill("No one came on Monday.");
    // The phone ended the tab, or the person looked something up.
    await page.goto(`/cases/${reference}`);
    await page.goto(address);
    await expect(words()).toHaveValue("No one came on Monday.");
    expect(await key(), "the same form, so that it is not sent twice").toBe(name);
    // The page as the server would render it for another participant of this case, in the same tab.
    await page.route(`**${address}`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('data-by="1"', 'data-by="2"').replace("No one came on Monday.</textarea>", "</textarea>").replace(/<script type="application\/json".*?<\/script>/s, "");
      await route.fulfill({ response, body });
    });
    await page.goto(address);
    await expect(page.locator("form[data-by='2']")).toBeVisible();
    await expect(words()).toHaveValue("");
    await page.unroute(`**${address}`);
    await page.goto(address);
    await expect(words()).toHaveValue("No one came on Monday.");
    const other = await page.context().newPage();
    await other.goto(address);
    await expect(other.getByLabel(say("case_actions.message.message"))).toHaveValue("No one came on Monday.");
    await other.close();

    await page.goto(`/cases/${reference}/diary`);
    await page.getByLabel(say("case_actions.diary.what")).fill("The damp is worse.");
    const issue = `/cases/${reference}/add-issue`;
    await page.goto(issue);
    const staff = page.getByRole("radio", { name: say("steps.category.category_options.staff.text") });
    await staff.check();
    const narrower = page.locator("select[name=subcategory]");
    const chosen = (await narrower.selectOption({ index: 1 }))[0];
    await page.goto(address);
    await page.goto(issue);
    await expect(staff).toBeChecked();
    await expect(narrower).toHaveValue(chosen);

    // Sent without a connection, and left: the next page sends it, and its form is empty.
    await page.goto(address);
    await page.context().setOffline(true);
    await send(page, "message");
    await expect(page.getByText(say("case_sending.kept"))).toBeVisible();
    await page.goto("about:blank");
    await page.context().setOffline(false);
    await page.goto(address);
    await expect(words()).toHaveValue("");
    // The page that was left may have sent it in its last moment; then this one has nothing to say.
    const casePage = await page.context().newPage();
    await expect(async () => {
      await casePage.goto(`/cases/${reference}`);
      await expect(casePage.locator(".or-thread").getByText("No one came on Monday.")).toHaveCount(1, { timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await casePage.close();
    await expect(page.locator("#unsent li")).toHaveCount(0);
    await page.goto(address);
    await expect(words()).toHaveValue("");
    expect(await key()).not.toBe(name);
    await page.goto(`/cases/${reference}/diary`);
    await expect(page.getByLabel(say("case_actions.diary.what"))).toHaveValue("The damp is worse.");
    // Values that came from the server are newer.
    await send(page, "diary");
    await expect(page.getByText(say("form.problem"))).toBeVisible();
    await page.getByLabel(say("case_actions.diary.what")).fill("");
    await page.goto(`/cases/${reference}/diary`);
    await expect(page.getByLabel(say("case_actions.diary.what"))).toHaveValue("");

    await page.goto(address);
    await words().fill("My landlord must not read this.");
    await page.goto(`/cases/${reference}`);
    await page.getByRole("button", { name: say("case.sign_out") }).click();
    const count = () => page.evaluate(() => localStorage.length + sessionStorage.length);
    expect(await count()).toBe(0);

    // A shared device does not store it either.
    await aCase(page, page.request);
    await page.request.post("/this-phone", { form: { shared: "on", from: "/" } });
    await page.goto(new URL("message", `${page.url()}/`).href);
    await words().fill("Not here.");
    expect(await count()).toBe(0);
  });
});
