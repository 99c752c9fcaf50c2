// The forms of sign-in and of cases are checked in the browser, by the rules of the server, before they are sent.

import type { Page } from "@playwright/test";
import { aCase } from "./support/case";
import { Journey } from "./support/journey";
import { countPosts } from "./support/posts";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test.beforeEach(({ scripted }) => test.skip(!scripted, "without scripts the server checks"));

const summary = (page: Page) => page.locator("#error-summary");

test("sign-in says at once what is missing, and sends nothing", async ({ page, axe }) => {
  const sent = countPosts(page);
  await page.goto("/sign-in");
  await new Journey(page, true).alive();
  await page.getByRole("button", { name: say("sign_in.button") }).click();
  await expect(summary(page)).toBeFocused();
  await expect(summary(page)).toContainText(say("errors.reference_missing"));
  await expect(page).toHaveTitle(new RegExp(`^${say("form.title_with_error", { title: "" }).trim()}`));
  await axe();
  await page.getByLabel(say("sign_in.reference")).fill("RC-7K3M-92Q5");
  await page.getByRole("button", { name: say("sign_in.button") }).click();
  await expect(summary(page)).not.toContainText(say("errors.reference_missing"));
  await expect(summary(page)).toContainText(say("errors.access_code_missing"));
  expect(sent()).toBe(0);
  await page.getByLabel(say("sign_in.access_code")).fill("7K3M-92Q5-7K3M");
  await page.getByRole("button", { name: say("sign_in.button") }).click();
  await expect.poll(async () => sent() + (await summary(page).getByText(say("errors.access_code_shape")).count())).toBeGreaterThan(0);
});

test("the forms of a case are checked, also after moving to them without a page load", async ({ page, axe }) => {
  const reference = await aCase(page, page.request);
  await new Journey(page, true).alive();
  const sent = countPosts(page);
  const link = page.locator(`a[href="/cases/${reference}/message"]`).first();
  const inHand = page.waitForResponse((answer) => answer.url().endsWith("/message"));
  await link.focus();
  await inHand;
  await link.click();
  await expect(page).toHaveURL(/\/message$/);
  const send = page.locator("#send");
  await send.click();
  await expect(summary(page)).toBeFocused();
  await expect(summary(page)).toContainText(say("errors.message_empty"));
  await axe();
  expect(sent()).toBe(0);
  const words = page.getByLabel(say("case_actions.message.message"));
  await words.fill("The damp is back.");
  await send.click();
  await expect(page.locator(".or-thread")).toContainText("The damp is back.");
  expect(sent()).toBe(1);

  // A date that cannot be, in another form.
  await page.goto(`/cases/${reference}/diary`);
  await new Journey(page, true).alive();
  await page.locator("#on-day").fill("31");
  await page.locator("#on-month").fill("2");
  await page.locator("#on-year").fill("2026");
  await page.locator("textarea").first().fill("No heating.");
  await send.click();
  await expect(summary(page)).toContainText(say("errors.diary_date_not_real"));
  await expect(page.locator("textarea").first()).toHaveValue("No heating.");
  expect(sent()).toBe(1);
});

test("every page of the portal is hydrated", async ({ page }) => {
  const reference = await aCase(page, page.request);
  const paths = ["", "/as-sent", "/people", "/contact", "/add-more", "/message", "/diary", "/files", "/add-issue", "/withdraw"].map((end) => `/cases/${reference}${end}`);
  for (const path of [...paths, "/signed-in-devices", "/sign-in", "/sign-in/email", "/join"]) {
    await page.goto(path);
    await new Journey(page, true).alive();
    await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
  }
});
