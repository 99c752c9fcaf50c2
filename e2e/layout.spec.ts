// Every page on a small phone and on a desktop screen, dark, with forced colours, with wide text spacing. With `ONRECORD_SCREENSHOTS=1`
// screenshots for people to look at go to `target/screenshots`.

import { expect, type Page } from "@playwright/test";
import type { Rules } from "./support/axe";
import { Journey } from "./support/journey";
import { everyAnswer } from "./support/every_answer";
import { picture } from "./support/picture";
import { path, post, type Step } from "./support/steps";
import { test } from "./support/test";
import { say } from "./support/words";

/** All pages that these answers make apply, and some around them. */
const journeySteps = (Object.keys(path) as Step[]).filter(
  (step) => !["other_door", "capacity_basis", "estate_basis", "ask_resident", "tenancy_kind", "freeholder", "sent"].includes(step),
);

type Look = (name: string) => Promise<void>;

/** Visits some of the questions. */
async function onQuestions(page: Page, scripted: boolean, steps: Step[], look: Look): Promise<void> {
  const journey = new Journey(page, scripted);
  await everyAnswer(page.request);
  for (const step of steps) {
    await test.step(step, async () => {
      await page.goto(path[step]);
      if (path[step].startsWith("/complaint/")) await journey.alive();
      await look(step);
    });
  }
}

/** Visits a page with mistakes, one that does not exist, and those after sending. */
async function onOtherPages(page: Page, scripted: boolean, look: Look, axe: (rules?: Rules) => Promise<void>): Promise<void> {
  const journey = new Journey(page, scripted);
  await test.step("mistakes", async () => {
    await page.goto(path.home_address);
    await journey.alive();
    for (const id of ["line_1", "town", "postcode"]) await page.locator(`#${id}`).fill("");
    await journey.goOn();
    await expect(page.locator("#error-summary")).toBeVisible();
    await look("home_address-error");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator("#error-summary a").last().hover();
    // axe looks at a copy of a page without scripts, which has no pointer over it.
    if (scripted) await axe("colours");
    await page.emulateMedia({ colorScheme: null });
  });
  await test.step("nothing there", async () => {
    await page.goto("/no-such-page");
    await look("not_found");
  });
  // There was a second issue, but it has no answers.
  await post(page.request, "more_issues", { more: "no" });
  await page.goto(path.declaration);
  await journey.alive();
  await page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
  await journey.send();
  const { reference, code } = await journey.receipt();
  await look("sent");
  await page.goto(path.sign_in);
  await journey.signIn(reference, code);
  await look("case");
}

/** The height of everything that stays visible while the page scrolls, in CSS px. */
async function stuck(page: Page): Promise<number> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => ["fixed", "sticky"].includes(getComputedStyle(element).position) && element.checkVisibility())
      .reduce((sum, element) => sum + element.getBoundingClientRect().height, 0),
  );
}

async function expectNoSidewaysScroll(page: Page, name: string): Promise<void> {
  const { wide, view, culprits } = await page.evaluate(() => {
    const view = document.documentElement.clientWidth;
    const hidden = (element: Element) => element.closest(".govuk-visually-hidden, .govuk-skip-link") !== null;
    const culprits = [...document.querySelectorAll("body *")]
      .filter((element) => !hidden(element) && element.getBoundingClientRect().right > view + 1)
      .map((element) => element.outerHTML.slice(0, 120));
    return { wide: document.documentElement.scrollWidth, view, culprits };
  });
  expect({ wide, culprits }, `${name} at ${view} px`).toEqual({ wide: view, culprits: [] });
}

/** The widths in CSS px. The last is a window of 1280 by 1024 px at 400 % zoom (WCAG 2.2, 1.4.10). */
const windows = [
  ["320", 320, 740],
  ["1280", 1280, 740],
  ["zoomed", 320, 256],
] as const;

const modes = {
  dark: { colorScheme: "dark" },
  "forced-colours": { forcedColors: "active" },
} as const;

/** The four text spacings that a person may set without loss of text (WCAG 2.2, 1.4.12). */
const spacing =
  "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }";

/** The elements whose text is cut off. */
async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => !element.closest(".govuk-visually-hidden, .govuk-skip-link, input, textarea, svg"))
      .filter((element) => {
        const style = getComputedStyle(element);
        const cutsX = ["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
        const cutsY = ["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
        return cutsX || cutsY;
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

// An unknown page is answered with 404, which Chromium writes to its console.
test.use({ allowedConsole: /status of 404/ });

/** Looks at a page in every width, in dark and forced colours, with wide text spacing: loading it takes longer than looking. */
const looking =
  (page: Page, scripted: boolean, axe: (rules?: Rules) => Promise<void>, forms = new Set<string>()): Look =>
  async (name) => {
    const usual = page.viewportSize()!;
    // The start page has no such button.
    if (name !== "start") {
      const exit = page.locator("#exit");
      await expect(exit.getByRole("button")).toBeInViewport();
      // safety.spec.ts presses it.
      forms.add(await exit.evaluate((form) => form.outerHTML));
      expect([...forms], "the same button on every page").toHaveLength(1);
    }
    const show = async (what: string, fullPage = true) => {
      if (scripted) await picture(page, `${name}-${what}`, fullPage);
    };
    for (const [what, width, height] of windows) {
      await page.setViewportSize({ width, height });
      await expectNoSidewaysScroll(page, name);
      expect(await stuck(page), `${name}: what stays in view leaves room for the page`).toBeLessThan(height / 4);
      await show(what, what !== "zoomed");
    }
    // The style sheet is the same without scripts, and scripts put the spacing in.
    if (scripted) {
      await page.setViewportSize({ width: 320, height: 740 });
      await page.evaluate((spacing) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(spacing);
        document.adoptedStyleSheets = [sheet];
      }, spacing);
      expect(await cutOff(page), name).toEqual([]);
      await expectNoSidewaysScroll(page, name);
      await show("spaced");
      await page.evaluate(() => {
        document.adoptedStyleSheets = [];
      });
      await page.setViewportSize(usual);
      await axe();
      for (const [mode, media] of Object.entries(modes)) {
        await page.emulateMedia(media);
        await axe("colours");
        await show(mode);
        await page.emulateMedia({ colorScheme: null, forcedColors: null });
      }
    }
    await page.setViewportSize(usual);
  };

// Two tests, so that two workers share the pages.
const half = Math.ceil(journeySteps.length / 2);

test("the first half of the questions in every layout", async ({ page, scripted, axe }) => {
  test.setTimeout(300_000);
  await onQuestions(page, scripted, journeySteps.slice(0, half), looking(page, scripted, axe));
});

test("the second half of the questions, mistakes and the pages after sending in every layout", async ({ page, scripted, axe }) => {
  test.setTimeout(300_000);
  const look = looking(page, scripted, axe);
  await onQuestions(page, scripted, journeySteps.slice(half), look);
  await onOtherPages(page, scripted, look, axe);
});
