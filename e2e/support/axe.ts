// Checks a page against WCAG 2.2 AA and axe's best practices, with JavaScript on or off. A run checks each state of a page once.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Browser, type Page } from "@playwright/test";
import { folder } from "./checked";

const all = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };

/** The rules that depend on colours: the others find the same in dark and in forced colours. */
const colours = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

export type Rules = "all" | "colours";

/** axe-core, which comes with @axe-core/playwright. That package's own builder injects axe twice and reports all that passed, too. */
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

/** Fails if axe finds anything on the page in its current state. Returns at once if this run has checked the same state. */
export async function expectAccessible(page: Page, browser: Browser, scripted: boolean, rules: Rules = "all"): Promise<void> {
  const checked = process.env[folder];
  const stateOf = async () => {
    const state = await page.evaluate(describe);
    return createHash("sha256").update(`${scripted} ${rules} ${state}`).digest("hex");
  };
  const before = await stateOf();
  if (checked && existsSync(join(checked, before))) return;
  if (scripted) {
    await check(page, page.url(), rules);
  } else {
    await onCopy(page, browser, (copy) => check(copy, page.url(), rules));
  }
  // A page that changed meanwhile was checked in a state that is not known.
  if (checked && (await stateOf()) === before) writeFileSync(join(checked, before), page.url());
}

type Violation = { id: string; help: string; nodes: { html: string }[] };
type Axe = { run: (context: Document, options: object) => Promise<{ violations: Violation[] }> };

async function check(page: Page, address: string, rules: Rules): Promise<void> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  // Scrolled, a field can be half under the exit button, where axe finds it too small.
  await page.evaluate(() => scrollTo(0, 0));
  const found = await page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run(document, { runOnly, reporter: "no-passes" });
    return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  }, rules === "all" ? all : colours);
  expect(found, `axe on ${address}`).toEqual([]);
}

/**
 * Describes everything of a page that axe's rules look at: address, language, width, direction and colours, and each element with its
 * attributes, whether it is visible, checked, focused, under the pointer and empty. Equal pages differ only in words and typed values.
 */
function describe(): string {
  /** Attributes whose values differ between equal pages. Equal values stay equal, because some rules compare names. */
  const free = /^(action|alt|aria-label|aria-valuenow|content|data-.*|datetime|href|nonce|placeholder|src|srcset|title)$/;
  const values: string[] = [""];
  const numberOf = (value: string) => (values.includes(value) ? values.indexOf(value) : values.push(value) - 1);
  const media = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query).matches);
  // An address without references and codes.
  const path = location.pathname.split("/").map((part) => (/[A-Z]/.test(part) ? "*" : part));
  const { lang, dir } = document.documentElement;
  const isText = (node: Node) => node.nodeType === Node.TEXT_NODE && node.nodeValue!.trim() !== "";
  const elements = [...document.querySelectorAll("*:not(script, style, link, noscript)")].map((element) => {
    const attributes = [...element.attributes]
      .filter(({ name }) => name !== "value")
      .map(({ name, value }) => `${name}=${free.test(name) ? numberOf(value.trim()) : value}`);
    const hasText = element.tagName !== "TEXTAREA" && [...element.childNodes].some(isText);
    const isVisible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const isSet = (element as HTMLInputElement).checked;
    let depth = 0;
    for (let above = element.parentElement; above; above = above.parentElement) depth++;
    const states = [isVisible, isSet, element.matches(":focus-visible"), element.matches("a:hover, button:hover")];
    return [depth, element.tagName, ...attributes.sort(), hasText, ...states].join(" ");
  });
  return [path.join("/"), [lang, dir, innerWidth, ...media].join(" "), ...elements].join("\n");
}

/** A page that runs scripts, one for each browser: creating one and loading axe into it takes longer than the check. */
const lookers = new WeakMap<Browser, Promise<Page>>();

function looker(browser: Browser): Promise<Page> {
  const made = lookers.get(browser) ?? browser.newContext({ javaScriptEnabled: true }).then((context) => context.newPage());
  lookers.set(browser, made);
  return made;
}

/**
 * Checks a copy of a page that runs no scripts. axe is a script, so the same document is written into a page of the same server that runs
 * scripts. The document's own scripts are removed; its styles come from the server as before.
 */
async function onCopy(page: Page, browser: Browser, look: (copy: Page) => Promise<void>): Promise<void> {
  const html = (await page.content()).replaceAll(/<script\b[\s\S]*?<\/script>/gi, "");
  const copy = await looker(browser);
  const size = page.viewportSize();
  if (size) await copy.setViewportSize(size);
  const { origin } = new URL(page.url());
  if (!copy.url().startsWith(`${origin}/`)) {
    // An empty document of the server without its content security policy, which would block the copy's inline styles.
    await copy.route(`${origin}/robots.txt`, (route) => route.fulfill({ contentType: "text/html", body: "" }));
    await copy.goto(`${origin}/robots.txt`);
  }
  await copy.setContent(html);
  await look(copy);
}
