// Invalid input of any kind gives a clear page, with the person's text as they typed it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { large, letter, nothing, photo, program, type Upload } from "./support/files";
import { answerUpTo, path, post, resident, type Step } from "./support/steps";
import { expect, test } from "./support/test";
import { has, say } from "./support/words";

const attack = "</textarea><script>window.pwned=1</script><img src=x onerror=window.pwned=1>\"'&amp;";
const scripts = "شقة ٤ \u200Fمبنى، Zoe\u0308 O\u2019Neill n\u0303a\u0301, \u202Eabc\u202C 👩🏽‍👧 🏚️ 漢字";
const tooLong = "x".repeat(10_000);

/** Returns a text as it is stored: characters are composed, and characters that change the direction of a line are removed. */
const kept = (text: string): string => text.normalize("NFC").replace(/[\u202A-\u202E\u2066-\u2069]/g, "");

/** Expects the field to contain what was typed. On a page with errors the text may still be as typed instead of as stored. */
async function expectWords(field: Locator, text: string): Promise<void> {
  await expect.poll(async () => kept(await field.inputValue()), { timeout: 20_000 }).toBe(kept(text));
}

async function expectNothingRan(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as { pwned?: number }).pwned)).toBeUndefined();
  await expect(page.locator("main script, main img")).toHaveCount(0);
}

/** The one-line fields of each page, and the error of a text that is too long. A field with another error has a format of its own. */
const lines: Partial<Record<Step, Record<string, string>>> = {
  resident_name: { full_name: "too_long" },
  home_address: { line_1: "too_long", line_2: "too_long", town: "too_long", postcode: "postcode_not_full" },
  contact: { email: "email_not_plausible", phone: "phone_words" },
  landlord: { name: "too_long" },
  representative: { full_name: "too_long", organisation: "too_long" },
};

for (const [step, codes] of Object.entries(lines) as [Step, Record<string, string>][]) {
  test(`${step}: each line keeps what was typed`, async ({ page, axe, scripted }) => {
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    if (step === "representative") {
      await post(page.request, "role", { role: "representative" });
      await post(page.request, "representative", { full_name: "Robin Sample", organisation: "", connection: "friend" });
    }
    if (step === "contact") {
      await post(page.request, "email_safety", { safe: "yes" });
      await post(page.request, "phone_safety", { safe: "yes", message: "no" });
    }
    await journey.open(step);
    const field = (id: string) => page.locator(`#${id}`);
    const errors = Object.entries(codes).map(([id, code]) => {
      const own = `steps.${step}.${id}`;
      return { id, message: say(`errors.${code}`, { max: 200, field: say(has(own) ? own : `steps.${step}.short`) }) };
    });

    const nasty = `${attack} ${scripts} ${tooLong}`;
    for (const { id } of errors) await field(id).fill(nasty);
    await journey.goOn();
    await journey.expectErrors(errors);
    for (const { id } of errors) await expectWords(field(id), nasty);
    await expectNothingRan(page);
    await axe();

    const free = Object.keys(codes).filter((id) => codes[id] === "too_long");
    if (free.length === 0) return;
    // Opened again: without JavaScript, Back to the response to a form asks whether to send that form again.
    await journey.open(step);
    // What was typed is still there, also in the lines that must be right.
    if (step === "home_address") await field("postcode").fill(resident.postcode);
    for (const text of [attack, scripts]) {
      for (const id of free) await field(id).fill(text);
      await journey.goOn();
      await expect(page).not.toHaveURL((url) => url.pathname === path[step]);
      await journey.alive();
      await expectNothingRan(page);
      await page.goBack();
      await expect(page).toHaveURL((url) => url.pathname === path[step]);
      await journey.alive();
      for (const id of free) await expectWords(field(id), text);
      await expectNothingRan(page);
    }
    await page.goto(path.check);
    await journey.alive();
    const shown = page.locator("dd").filter({ hasText: kept(scripts) });
    await expect(shown).toBeVisible();
    expect((await shown.innerText()).split(kept(scripts)), "each field once").toHaveLength(free.length + 1);
    await expectNothingRan(page);
    await axe();
  });
}

for (const step of ["what_happened", "put_right"] as const) {
  test(`${step} keeps what was typed`, async ({ page, axe, scripted }) => {
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    await journey.open(step);
    const field = page.locator(`#${step}`);
    const long = `\n  ${attack}\n\n${scripts}\n${"y".repeat(30_001)}`;
    await field.fill(long);
    await journey.goOn();
    await journey.expectErrors([{ id: step, message: say("errors.text_too_long", { max: 30_000 }) }]);
    await expectWords(field, long);
    await expectNothingRan(page);
    await axe();

    const then: Step = step === "what_happened" ? "hazard" : "needs";
    for (const text of [tooLong, `\n\n first line\n${attack}\n\t${scripts}`]) {
      await field.fill(text);
      await journey.goOnTo(then);
      await expectNothingRan(page);
      await page.getByRole("link", { name: say("site.back"), exact: true }).click();
      await journey.on(step);
      await expectWords(field, text);
      await page.reload();
      await journey.on(step);
      await expectWords(field, text);
      await expectNothingRan(page);
    }
    await journey.open("check");
    expect(await journey.answer(say(`steps.${step}.short`)).textContent()).toBe(`\n\n first line\n${attack}\n\t${scripts}`.normalize("NFC"));
    await expectNothingRan(page);
    await axe();
  });
}

test("a NUL byte does not lose the typed text", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request);
  await post(page.request, "what_happened", { what_happened: "before\0after" });
  await post(page.request, "resident_name", { full_name: "Wren\0Example" });
  await journey.open("what_happened");
  await expect(journey.field(say("steps.what_happened.heading"))).toHaveValue("beforeafter");
  await journey.open("resident_name");
  await expect(page.locator("#full_name")).toHaveValue("Wren Example");
  const refused = await page.request.post(path.home_address, {
    form: { line_1: "1 Example\0Street", line_2: "", town: "", postcode: "\0", action: "continue" },
  });
  expect(refused.status()).toBe(422);
  const html = await refused.text();
  expect(html).toContain("1 Example Street");
  expect(html).toContain(say("errors.town_missing"));
  expect(html).not.toContain("\0");
});

test("a value that is not one of the choices counts as missing", async ({ page, scripted }) => {
  test.skip(scripted, "a browser with scripts posts the same");
  await answerUpTo(page.request);
  for (const [step, field] of [["role", "role"], ["stage", "stage"], ["category", "category"]] as const) {
    const answer = await page.request.post(path[step], { form: { [field]: "</textarea>", action: "continue" } });
    expect(answer.status()).toBe(422);
    expect(await answer.text()).toContain(say(`errors.${step}_missing`));
  }
});

test.describe("files", () => {
  // A refused file is answered with 422, 413 or 415, which Chromium writes to its console.
  test.use({ allowedConsole: /status of 4(13|15|22)/ });

  let folder: string;
  test.beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "onrecord-files-"));
  });
  test.afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function add(page: Page, scripted: boolean, files: Upload[] | string[]): Promise<void> {
    await page.getByLabel(say("files.add"), { exact: true }).setInputFiles(files);
    if (!scripted) await page.getByRole("button", { name: say("files.upload") }).click();
  }

  const yours = (page: Page) => page.getByRole("list", { name: say("files.yours"), exact: true }).getByRole("listitem");

  /** Expects each refusal to name its file: in the summary and at the field or, with JavaScript, in the file's entry in the list. */
  async function expectRefused(page: Page, messages: string[], scripted: boolean): Promise<void> {
    if (scripted) {
      await expect(page.getByRole("alert")).toHaveText(messages);
    } else {
      await expect(page.locator("#error-summary").getByRole("link")).toHaveText(messages);
      await expect(page.locator("#error-summary")).toBeFocused();
      await expect(page.locator("#files-error")).toContainText(messages[0]);
    }
  }

  test("refused files are named, the other files are stored", async ({ page, axe, scripted }) => {
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    await journey.open("evidence");
    await add(page, scripted, [photo("a <b> wall.png"), nothing(), program("exe"), program("elf"), letter("the letter \u202Efdp.pdf")]);
    const messages = [
      say("errors.file_empty", { filename: "empty.jpg" }),
      say("errors.file_mislabelled", { filename: "holiday-exe.jpg" }),
      say("errors.file_mislabelled", { filename: "holiday-elf.jpg" }),
    ];
    await expectRefused(page, messages, scripted);
    await axe();
    await expect(yours(page)).toHaveCount(2);
    await expect(yours(page).first()).toContainText("a <b> wall.png");
    await journey.open("evidence");
    await expect(yours(page)).toHaveCount(2);
    await add(page, scripted, [photo("one more.png")]);
    await expect(yours(page)).toHaveCount(3);
    await journey.goOnTo("check");
    await expect(journey.answer(say("steps.evidence.short"))).toHaveText(say("files.count.other", { number: 3 }));
  });

  test("a file that is too large is named, the other files are stored", async ({ page, axe, scripted }) => {
    test.setTimeout(120_000);
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    await journey.open("evidence");
    const bytes = scripted ? 26_000_000 : 200_000_000;
    const files = [await large(folder, "long video.jpg", bytes), await large(folder, "good.jpg", 20_000)];
    await add(page, scripted, files);
    await expect(yours(page)).toHaveCount(1, { timeout: 60_000 });
    await expect(yours(page)).toContainText("good.jpg");
    await expectRefused(page, [say("errors.file_too_large", { filename: "long video.jpg", max: say("files.megabytes", { number: 25 }) })], scripted);
    await axe();
    await journey.goOnTo("check");
    await expect(journey.answer(say("steps.evidence.short"))).toHaveText(say("files.count.one"));
  });

  test("Continue stores the chosen files without Upload", async ({ page, scripted }) => {
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    await journey.open("evidence");
    await page.getByLabel(say("files.add"), { exact: true }).setInputFiles([photo(), letter()]);
    await journey.goOnTo("check");
    if (scripted) await expect.poll(async () => (await page.request.get("/api/v1/drafts/current").then((r) => r.json())).files.length).toBe(2);
    await journey.open("check");
    await expect(journey.answer(say("steps.evidence.short"))).toHaveText(say("files.count.other", { number: 2 }));
  });
});

test("an unknown address and a form from another site get readable error pages", async ({ page, axe, scripted }) => {
  test.skip(scripted, "the pages have no scripts");
  const lost = await page.request.get("/complaint/no-such-question");
  expect(lost.status()).toBe(404);
  expect(await lost.text()).toContain(say("not_found.title"));
  const refused = await page.request.post(path.role, {
    form: { role: "resident" },
    headers: { "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" },
  });
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain(say("error_page.refused.title"));
  await page.goto("/complaint/name");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("no_draft.title"));
  await axe();
});
