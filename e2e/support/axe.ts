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
  // The pages have no frames, so the findings need not be gathered on a page of their own, which takes as long as finding them.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(tags).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** A page that runs scripts, one for each browser: making one takes longer than looking. */
const lookers = new WeakMap<Browser, Promise<Page>>();

function looker(browser: Browser): Promise<Page> {
  const made = lookers.get(browser) ?? browser.newContext({ javaScriptEnabled: true }).then((context) => context.newPage());
  lookers.set(browser, made);
  return made;
}

/**
 * axe is a script, which a page without scripts cannot run. So the very same document is shown once more on a page that can:
 * its own scripts taken out, its styles fetched from the server as before.
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
