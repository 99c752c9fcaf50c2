// Other languages: chosen from the page, kept, and laid out whatever their words and direction; and a page that the browser
// itself has translated.

import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { Journey } from "./support/journey";
import { Server } from "./support/server";
import { answerUpTo, path, resident, type Step } from "./support/steps";
import { expect, test } from "./support/test";
import { say, sayIn } from "./support/words";

const journeySteps = (Object.keys(path) as Step[]).filter((step) => path[step].startsWith("/complaint/") && step !== "sent");

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name, exact: true }).click();
}

test("Welsh is chosen in the middle of a question and kept", async ({ page, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "contact");
  await page.goto(path.home_address);
  await journey.alive();
  await choose(page, "Cymraeg");
  await expect(page.locator("html")).toHaveAttribute("lang", "cy");
  await expect(page).toHaveURL((url) => url.pathname === path.home_address);
  await journey.alive();
  // What is stored is there, in the same fields.
  await expect(page.locator("#postcode")).toHaveValue(resident.postcode);
  await expect(page.getByRole("button", { name: sayIn("cy", "form.continue"), exact: true })).toBeVisible();
  await axe();
  // Rules speak it too, in the browser and on the server.
  await page.locator("#postcode").fill("");
  await page.getByRole("button", { name: sayIn("cy", "form.continue"), exact: true }).click();
  await expect(page.locator("#error-summary")).toContainText(sayIn("cy", "errors.postcode_missing"));
  await page.locator("#postcode").fill(resident.postcode);
  await page.getByRole("button", { name: sayIn("cy", "form.continue"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(sayIn("cy", "steps.contact.heading"));
  // The next page, the next visit, and back to English.
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("lang", "cy");
  await choose(page, "English");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("start.title"));
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test("the language changes on the page that is shown, not the one that was loaded", async ({ page, scripted }) => {
  test.skip(!scripted, "without scripts every page is loaded");
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "contact");
  await page.goto(path.resident_name);
  await journey.alive();
  await journey.goOnTo("home_address");
  await choose(page, "Cymraeg");
  await expect(page.locator("html")).toHaveAttribute("lang", "cy");
  await expect(page).toHaveURL((url) => url.pathname === path.home_address);
});

test.describe("a browser that asks for Welsh", () => {
  test.use({ locale: "cy-GB" });

  test("gets it at the first visit", async ({ page, scripted }) => {
    const journey = new Journey(page, scripted);
    await page.goto(path.role);
    await expect(page.locator("html")).toHaveAttribute("lang", "cy");
    await journey.alive();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(sayIn("cy", "steps.role.heading"));
  });
});

for (const [tag, direction] of [
  ["en-XA", "ltr"],
  ["ar-XB", "rtl"],
] as const) {
  for (const width of [320, 360]) {
    test.describe(() => {
      test.use({ viewport: { width, height: 740 } });

      test(`the layout holds in ${tag} at ${width} px`, async ({ browser, javaScriptEnabled, scripted }) => {
        test.setTimeout(120_000);
        const server = await Server.start([], { ONRECORD_LANGUAGES: `["${tag}", "en"]` });
        try {
          const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled, locale: tag, viewport: { width, height: 740 } });
          const page = await context.newPage();
          const journey = new Journey(page, scripted);
          await answerUpTo(page.request);
          for (const step of ["start", ...journeySteps, "sign_in", "help"] as Step[]) {
            await test.step(step, async () => {
              await page.goto(path[step]);
              if (path[step].startsWith("/complaint/")) await journey.alive();
              await expect(page.locator("html")).toHaveAttribute("dir", direction);
              await expect(page.locator("html")).toHaveAttribute("lang", tag);
              const { wide, culprits } = await sideways(page);
              expect({ wide, culprits }, step).toEqual({ wide: 0, culprits: [] });
              await expectAccessible(page, browser, scripted);
              if (scripted) await page.screenshot({ path: `target/screenshots/${tag}-${width}-${step}.png`, fullPage: true });
            });
          }
          await context.close();
        } finally {
          await server.stop();
        }
      });
    });
  }
}

/** How far the page scrolls sideways, and what stands out of it on either side. */
async function sideways(page: Page): Promise<{ wide: number; culprits: string[] }> {
  return page.evaluate(() => {
    const view = document.documentElement.clientWidth;
    const hidden = (element: Element) => element.closest(".govuk-visually-hidden, .govuk-skip-link") !== null;
    const culprits = [...document.querySelectorAll("body *")].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return !hidden(element) && (right > view + 1 || left < -1);
    });
    return { wide: document.documentElement.scrollWidth - view, culprits: culprits.map((element) => element.outerHTML.slice(0, 120)) };
  });
}

/** What a browser's translation does to a page: every text stands in `<font>` elements afterwards, changed. */
async function translateInBrowser(page: Page): Promise<void> {
  await page.evaluate(() => {
    const texts: Text[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      if (text.data.trim() !== "" && !text.parentElement?.closest("textarea, script, style")) texts.push(text);
    }
    for (const text of texts) {
      const outer = document.createElement("font");
      const inner = document.createElement("font");
      inner.textContent = `${text.data} (translated)`;
      outer.append(inner);
      text.replaceWith(outer);
    }
  });
}

test("a page that the browser translated goes on working", async ({ page, scripted }) => {
  test.skip(!scripted, "translation is a script");
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "contact");
  await page.goto(path.resident_name);
  await journey.alive();
  await translateInBrowser(page);
  // A mistake is shown, and goes again.
  await page.locator("#full_name").fill("");
  await page.locator("#continue").click();
  await expect(page.locator("#error-summary")).toContainText(say("errors.your_name_missing"));
  await translateInBrowser(page);
  await page.locator("#full_name").fill("Wren Translated");
  await page.locator("#continue").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("steps.home_address.heading"));
  await expect(page.locator("#error-summary")).toHaveCount(0);
  await translateInBrowser(page);
  await page.locator("#continue").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("steps.contact.heading"));
  // And what was saved is what was typed.
  await page.goto(path.resident_name);
  await expect(page.locator("#full_name")).toHaveValue("Wren Translated");
});
