// Other languages: chosen on a page, kept, and laid out whatever their words and direction.

import type { APIRequestContext, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { Journey } from "./support/journey";
import { picture } from "./support/picture";
import { Server } from "./support/server";
import { expect, test } from "./support/test";
import { walk } from "./support/walk";
import { onlyIn, say, sayIn } from "./support/words";

const name = "Wren Example";
const role = "/complaint/who-are-you";
const resident = "/complaint/name";

/** Posts the first two answers as a browser without JavaScript would: the role, and the name. */
async function begin(request: APIRequestContext): Promise<void> {
  for (const [path, form] of [
    [role, { role: "resident" }],
    [resident, { full_name: name }],
  ] as const) {
    const answer = await request.post(path, { form: { ...form, action: "continue" }, maxRedirects: 0 });
    expect(answer.status(), `${path}: ${await answer.text()}`).toBe(303);
  }
}

/** Returns the paths of the questionnaire's pages that apply after that, as the server reports them. */
async function pages(request: APIRequestContext): Promise<string[]> {
  const draft = await (await request.get("/api/v1/drafts/current")).json();
  const paths = draft.journey.map((step: { path: string }) => step.path);
  expect(paths.length).toBeGreaterThan(10);
  return paths;
}

async function choose(page: Page, language: string): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: language, exact: true }).click();
}

test("Welsh is chosen in the middle of a question and kept", async ({ page, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  await begin(page.request);
  await page.goto(resident);
  await journey.alive();
  await choose(page, "Cymraeg");
  await expect(page.locator("html")).toHaveAttribute("lang", "cy");
  await expect(page).toHaveURL((url) => url.pathname === resident);
  await journey.alive();
  // The stored answer is in the same field.
  const field = page.locator("#full_name");
  const goOn = page.locator("#continue");
  await expect(field).toHaveValue(name);
  await expect(goOn).toHaveText(sayIn("cy", "form.continue"));
  await axe();
  // Error messages are in Welsh too, from the browser and from the server.
  await field.fill("");
  await goOn.click();
  await expect(page.locator("#error-summary")).toContainText(sayIn("cy", "errors.resident_name_missing"));
  await expect(page).toHaveTitle(new RegExp(`^${sayIn("cy", "form.error_prefix")} `));
  await field.fill("Wren ap Example");
  await goOn.click();
  await expect(page).not.toHaveURL((url) => url.pathname === resident);
  // On the next visit, and back to English.
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(sayIn("cy", "start.title"));
  await choose(page, "English");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("start.title"));
  await page.goto(resident);
  await expect(field).toHaveValue("Wren ap Example");
});

test("choosing a language keeps the page and what is typed there", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await begin(page.request);
  await page.goto(role);
  await journey.alive();
  await page.locator("#continue").click();
  await expect(page).not.toHaveURL((url) => url.pathname === role);
  await page.getByRole("link", { name: say("site.back"), exact: true }).click();
  await expect(page).toHaveURL((url) => url.pathname === role);
  await page.getByRole("radio").nth(1).check();
  await choose(page, "Cymraeg");
  await expect(page.locator("html")).toHaveAttribute("lang", "cy");
  await expect(page).toHaveURL((url) => url.pathname === role);
  await expect(page.getByRole("radio").nth(1)).toBeChecked();
  await expect(page.locator("#error-summary")).toHaveCount(0);
  await journey.alive();
  // Enter in a field still activates Continue, and a page without text fields changes its language too.
  await page.goto(resident);
  await journey.alive();
  await page.locator("#full_name").fill("</textarea> Half a na");
  await choose(page, "English");
  await expect(page.locator("#full_name")).toHaveValue("</textarea> Half a na");
  await journey.alive();
  await page.locator("#full_name").press("Enter");
  await expect(page).not.toHaveURL((url) => url.pathname === resident);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.goto("/complaint/check-answers");
  await journey.alive();
  await choose(page, "Cymraeg");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(sayIn("cy", "check.heading"));
});

test.describe("a browser that asks for Welsh", () => {
  test.use({ locale: "cy-GB" });

  test("gets Welsh on the first visit", async ({ page, scripted }) => {
    const journey = new Journey(page, scripted);
    await page.goto(role);
    await expect(page.locator("html")).toHaveAttribute("lang", "cy");
    await journey.alive();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(sayIn("cy", "steps.role.heading"));
    await expect(page.getByText(sayIn("cy", "language.not_reviewed"))).toBeVisible();
  });

  test("makes the whole complaint in Welsh, from the first page to the case", async ({ page, scripted, axe }) => {
    test.setTimeout(240_000);
    const journey = new Journey(page, scripted, "cy");
    const english = onlyIn("en", "cy");
    // The switch back to English is in English, and a landlord's name is not translated.
    const expectWelsh = async () => {
      const text = await page.locator("body").innerText();
      expect(english.filter((sentence) => text.includes(sentence))).toEqual([]);
      await expectToFit(page);
    };
    await page.goto("/");
    await expectWelsh();
    await journey.open("role");
    await walk(journey, {
      look: async () => {
        await expectWelsh();
        await axe();
      },
      own: { hazard: { choose: { hazard: ["gas_smell"] } } },
    });
    await journey.on("check");
    await expectWelsh();
    await journey.goToDeclaration();
    await expectWelsh();
    await page.getByRole("checkbox", { name: sayIn("cy", "steps.declaration.agreed") }).check();
    await journey.send();
    const { reference, code } = await journey.receipt();
    await expectWelsh();
    await page.goto("/help");
    await expectWelsh();
    await page.goto("/sign-in");
    await expectWelsh();
    await journey.signIn(reference, code);
    await expectWelsh();
    await axe();
  });
});

// Welsh is laid out in the test above.
for (const [tag, direction] of [
  ["en-XA", "ltr"],
  ["ar-XB", "rtl"],
] as const) {
  test(`the layout holds in ${tag}`, async ({ browser, scripted }) => {
    test.skip(!scripted, "the style sheet is the same");
    test.setTimeout(240_000);
    const server = await Server.start([], { ONRECORD_LANGUAGES: `["${tag}", "en"]` });
    const context = await browser.newContext({ baseURL: server.url, locale: tag });
    try {
      const page = await context.newPage();
      const journey = new Journey(page, scripted);
      await begin(page.request);
      const open = ["/", ...(await pages(page.request)), "/complaint/check-answers", "/sign-in", "/help"];
      for (const path of [...new Set(open)]) {
        await test.step(path, async () => {
          await page.goto(path);
          if (path.startsWith("/complaint/")) await journey.alive();
          await expect(page.locator("html")).toHaveAttribute("dir", direction);
          await expect(page.locator("html")).toHaveAttribute("lang", tag);
          await expectToFit(page);
          await expectAccessible(page, browser, scripted);
          await picture(page, `${tag}-${path.split("/").pop() || "start"}`);
        });
      }
    } finally {
      await context.close();
      await server.stop();
    }
  });
}

/** Expects no sideways scrolling on two small phones. */
async function expectToFit(page: Page): Promise<void> {
  for (const width of [320, 360]) {
    await page.setViewportSize({ width, height: 740 });
    expect(await sideways(page), `${page.url()} at ${width} px`).toEqual({ wide: 0, culprits: [] });
  }
}

/** Returns how far the page scrolls sideways, and which elements stick out on either side. */
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
