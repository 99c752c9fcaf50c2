// Checks a page against WCAG 2.2 AA and axe's best practices, with JavaScript on or off.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Browser, type Page } from "@playwright/test";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails if axe finds anything on the page in its current state. */
export async function expectAccessible(page: Page, browser: Browser, scripted: boolean): Promise<void> {
  if (scripted) {
    await check(page);
  } else {
    await onCopy(page, browser, check);
  }
}

async function check(page: Page): Promise<void> {
  // The pages have no frames. Legacy mode does not open a second page to collect results from frames, which takes as long as the check.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(tags).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** A page that runs scripts, one for each browser: creating one takes longer than the check. */
const lookers = new WeakMap<Browser, Promise<Page>>();

function looker(browser: Browser): Promise<Page> {
  const made = lookers.get(browser) ?? browser.newContext({ javaScriptEnabled: true }).then((context) => context.newPage());
  lookers.set(browser, made);
  return made;
}

/**
 * Checks a copy of a page that runs no scripts. axe is a script, so the same document is loaded into a page that runs scripts. The
 * document's own scripts are removed; its styles come from the server as before.
 */
async function onCopy(page: Page, browser: Browser, look: (copy: Page) => Promise<void>): Promise<void> {
  const html = (await page.content()).replaceAll(/<script\b[\s\S]*?<\/script>/gi, "");
  const address = page.url().replace(/#.*/, "");
  const copy = await looker(browser);
  const size = page.viewportSize();
  if (size) await copy.setViewportSize(size);
  await copy.route(
    (url) => url.href === address,
    (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }),
  );
  try {
    await copy.goto(address);
    await look(copy);
  } finally {
    await copy.unrouteAll();
  }
}
