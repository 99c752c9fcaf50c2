// Every page on a small phone and on a desktop screen, dark, with forced colours, with wide text spacing. Screenshots for people to look
// at go to `target/screenshots`.

import { expect, type Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { everyAnswer } from "./support/every_answer";
import { path, post, type Step } from "./support/steps";
import { test } from "./support/test";
import { say } from "./support/words";

/** All pages that these answers make apply, and some around them. */
const journeySteps = (Object.keys(path) as Step[]).filter(
  (step) => !["other_door", "capacity_basis", "estate_basis", "ask_resident", "tenancy_kind", "freeholder", "sent"].includes(step),
);

/** Visits every page: the questions, then the pages after sending. */
async function onEveryPage(page: Page, scripted: boolean, look: (name: string) => Promise<void>): Promise<void> {
  const journey = new Journey(page, scripted);
  await everyAnswer(page.request);
  for (const step of journeySteps) {
    await test.step(step, async () => {
      await page.goto(path[step]);
      if (path[step].startsWith("/complaint/")) await journey.alive();
      await look(step);
    });
  }
  await test.step("mistakes", async () => {
    await page.goto(path.home_address);
    await journey.alive();
    for (const id of ["line_1", "town", "postcode"]) await page.locator(`#${id}`).fill("");
    await journey.goOn();
    await expect(page.locator("#error-summary")).toBeVisible();
    await look("home_address-error");
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

// One walk for all of it: loading the pages takes longer than looking at them.
test("every page in every width, in dark and forced colours, with wide text spacing", async ({ page, scripted, axe }) => {
  test.setTimeout(480_000);
  await onEveryPage(page, scripted, async (name) => {
    const usual = page.viewportSize()!;
    const picture = async (what: string, fullPage = true) => {
      if (scripted) await page.screenshot({ path: `target/screenshots/${name}-${what}.png`, fullPage });
    };
    for (const [what, width, height] of windows) {
      await page.setViewportSize({ width, height });
      await expectNoSidewaysScroll(page, name);
      expect(await stuck(page), `${name}: what stays in view leaves room for the page`).toBeLessThan(height / 4);
      await picture(what, what !== "zoomed");
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
      await picture("spaced");
      await page.evaluate(() => {
        document.adoptedStyleSheets = [];
      });
      await page.setViewportSize(usual);
      for (const [mode, media] of Object.entries(modes)) {
        await page.emulateMedia(media);
        await axe();
        await picture(mode);
        await page.emulateMedia({ colorScheme: null, forcedColors: null });
      }
    }
    await page.setViewportSize(usual);
  });
});
