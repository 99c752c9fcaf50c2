// The page of a case: its folded parts.

import type { Page } from "@playwright/test";
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
