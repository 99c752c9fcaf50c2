// Two complaints in two tabs of one browser: each tab keeps to its own complaint, says whose it is, and loses nothing.

import type { Page } from "@playwright/test";
import { photo } from "./support/files";
import { Journey } from "./support/journey";
import { expect, test } from "./support/test";
import { say } from "./support/words";

const number = (page: Page) => new URL(page.url()).searchParams.get("draft");

/** Begins a complaint from the start page, as a person does, up to the resident's name. Returns the draft's number. */
async function begin(journey: Journey, name: string): Promise<string> {
  const { page } = journey;
  await page.goto("/complaint/new");
  await journey.alive();
  await page.getByRole("radio").first().check();
  await journey.goOnTo("resident_name");
  const draft = number(page);
  expect(draft).toBeTruthy();
  await journey.fill(say("steps.resident_name.full_name"), name);
  await journey.goOn();
  await expect(page).not.toHaveURL((url) => url.pathname === "/complaint/name");
  if (journey.scripted) await expect(page.locator(".or-save-status")).toHaveText(/\d\d:\d\d/);
  expect(number(page)).toBe(draft);
  return draft!;
}

async function name(page: Page, draft: string): Promise<string> {
  const answer = await page.request.get(`/api/v1/drafts/current?draft=${draft}`);
  return (await answer.json()).answers.resident_name.full_name;
}

test("two tabs are two complaints, in any order", async ({ page, context, scripted }) => {
  const robin = new Journey(page, scripted);
  const sam = new Journey(await context.newPage(), scripted);
  const one = await begin(robin, "Robin Example");
  const two = await begin(sam, "Sam Example");
  expect(one).not.toBe(two);
  // In the first tab again, then in the second.
  for (const [journey, draft, changed] of [
    [robin, one, "Robin Changed"],
    [sam, two, "Sam Changed"],
    [robin, one, "Robin Again"],
  ] as const) {
    await journey.page.bringToFront();
    await journey.page.goto(`/complaint/name?draft=${draft}`);
    await journey.alive();
    await expect(journey.page.locator("#whose")).toContainText(`Complaint for ${changed.split(" ")[0]}`);
    await journey.fill(say("steps.resident_name.full_name"), changed);
    await journey.goOn();
    await expect(journey.page).not.toHaveURL((url) => url.pathname === "/complaint/name");
    expect(number(journey.page)).toBe(draft);
    await expect.poll(() => name(page, draft)).toBe(changed);
  }
  expect(await name(page, one)).toBe("Robin Again");
  expect(await name(page, two)).toBe("Sam Changed");
  // After a reload, and in the list.
  await sam.page.reload();
  expect(number(sam.page)).toBe(two);
  await page.goto("/unfinished");
  await expect(page.getByRole("listitem").filter({ hasText: "Complaint for" })).toHaveCount(2);
});

test("the first tab says whose complaint it shows once there is another", async ({ page, context, scripted }) => {
  test.skip(!scripted, "a page without scripts says it when it is opened next");
  const robin = new Journey(page, scripted);
  await begin(robin, "Robin Example");
  await expect(page.locator("#whose")).toBeHidden();
  const other = await context.newPage();
  await begin(new Journey(other, scripted), "Sam Example");
  await page.bringToFront();
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await expect(page.locator("#whose")).toContainText("Complaint for Robin Example");
});

test("files go to the complaint they were chosen for", async ({ page, context, scripted }) => {
  const robin = new Journey(page, scripted);
  const sam = new Journey(await context.newPage(), scripted);
  const one = await begin(robin, "Robin Example");
  const two = await begin(sam, "Sam Example");
  for (const [journey, draft, file] of [
    [robin, one, "stairs.png"],
    [sam, two, "roof.png"],
  ] as const) {
    await journey.page.bringToFront();
    await journey.page.goto(`/complaint/evidence?draft=${draft}`);
    await journey.alive();
    await journey.page.locator("#files").setInputFiles(photo(file));
    if (!scripted) await journey.page.locator("button[value=upload]").click();
  }
  const files = async (draft: string) => {
    const answer = await page.request.get(`/api/v1/drafts/current?draft=${draft}`);
    return (await answer.json()).files.map(({ filename }: { filename: string }) => filename);
  };
  await expect.poll(() => files(one)).toEqual(["stairs.png"]);
  await expect.poll(() => files(two)).toEqual(["roof.png"]);
});
