// A case of this browser, and the folded parts of its page.

import type { APIRequestContext, Page } from "@playwright/test";
import { answerUpTo, post } from "./steps";
import { say } from "./words";

/** Opens a folded part of a case page by its title, as a person does. */
export async function unfold(page: Page, title: string): Promise<void> {
  await page.locator(".or-fold > summary").getByText(say(title), { exact: true }).click();
  // Back to the top, where no link is half under the exit button.
  await page.evaluate(() => scrollTo(0, 0));
}

/** Opens all folded parts. */
export async function unfoldAll(page: Page): Promise<void> {
  for (const summary of await page.locator(".or-fold > summary").all()) await summary.click();
  await page.evaluate(() => scrollTo(0, 0));
}

/** Creates a case of this browser without using pages. Returns its reference. */
export async function aCase(page: Page, request: APIRequestContext): Promise<string> {
  await answerUpTo(request);
  await post(request, "declaration", { agreed: "yes" });
  const receipt = await (await request.get("/api/v1/drafts/current/receipt")).json();
  await post(request, "sign_in", { reference: receipt.reference, access_code: receipt.access_code });
  await page.goto(`/cases/${receipt.reference}`);
  return receipt.reference;
}
