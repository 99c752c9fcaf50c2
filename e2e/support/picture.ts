// Screenshots for people to look at. No test compares them, and they take long, so a run makes them only if it is asked to.

import type { Page } from "@playwright/test";

/** Saves a screenshot to `target/screenshots/NAME.png` if `ONRECORD_SCREENSHOTS` is set. */
export async function picture(page: Page, name: string, fullPage = true): Promise<void> {
  if (process.env.ONRECORD_SCREENSHOTS) await page.screenshot({ path: `target/screenshots/${name}.png`, fullPage });
}
