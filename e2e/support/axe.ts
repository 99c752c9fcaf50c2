// Holding a page against WCAG 2.2 AA and good practice, with JavaScript on or off.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Browser, type Page } from "@playwright/test";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails when axe finds anything on the page as it stands. */
export async function expectAccessible(page: Page, browser: Browser, scripted: boolean): Promise<void> {
  if (scripted) {
    await check(page);
  } else {
    await onCopy(page, browser, check);
  }
}

async function check(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/**
 * axe is a script, which a page without scripts cannot run. So the very same document is shown once more in a browser that
 * can: its own scripts taken out, its styles fetched from the server as before.
 */
async function onCopy(page: Page, browser: Browser, look: (copy: Page) => Promise<void>): Promise<void> {
  const html = (await page.content()).replaceAll(/<script\b[\s\S]*?<\/script>/gi, "");
  const address = page.url();
  const context = await browser.newContext({ viewport: page.viewportSize(), javaScriptEnabled: true });
  try {
    const copy = await context.newPage();
    await copy.route(
      (url) => url.href === address.replace(/#.*/, ""),
      (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }),
    );
    await copy.goto(address);
    await look(copy);
  } finally {
    await context.close();
  }
}
