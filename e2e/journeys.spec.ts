// The branches of the questionnaire, each from its first page to Send.

import type { Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { letter } from "./support/files";
import { answerUpTo, path, post, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { give, walk, type Given } from "./support/walk";
import { option, say } from "./support/words";

async function begin(page: Page, scripted: boolean): Promise<Journey> {
  const journey = new Journey(page, scripted);
  await journey.open("role");
  return journey;
}

/** Continues from the check page to the receipt. */
async function send(journey: Journey): Promise<void> {
  await journey.on("check");
  await journey.goToDeclaration();
  await journey.page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
  await journey.send();
  await journey.receipt();
}

const slugs = (seen: string[]) => seen.map((address) => address.replace("/complaint/", ""));

const representative: Record<string, Given> = {
  role: { choose: { role: "representative" } },
  representative: { choose: { connection: "family" }, type: { full_name: "Robin Sample" } },
  authority: { choose: { how: "later" } },
  authority_scope: { choose: { scope: ["see", "speak"] } },
};

test("a resident with two issues", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request);
  await journey.open("more_issues");
  const seen = await walk(journey, {
    own: {
      more_issues: { choose: { more: "yes" } },
      category_2: { choose: { category: "complaint_handling" } },
      what_happened_2: { type: { what_happened: "They answered after four months." } },
    },
  });
  expect(slugs(seen)).toEqual(expect.arrayContaining(["anything-else", "category-2", "what-happened-2"]));
  expect(slugs(seen)).not.toContain("the-home-now-2");
  const second = say("form.issue_heading", { number: 2, question: say("steps.what_happened.short") });
  await expect(journey.answer(second)).toHaveText("They answered after four months.");
  await page.getByRole("link", { name: say("check.remove_thing", { number: 1 }) }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("remove_thing.heading", { number: 1 }));
  await expect(page.getByText("Nobody came on the two days we agreed.")).toBeVisible();
  await page.getByRole("link", { name: say("remove_thing.no") }).click();
  await send(journey);
});

test("a representative of a resident who cannot decide", async ({ page, scripted, axe }) => {
  test.setTimeout(240_000);
  const journey = await begin(page, scripted);
  const seen = await walk(journey, {
    voices: ["representative"],
    look: async () => axe(),
    own: {
      ...representative,
      representative_why: { choose: { why: "no_capacity" } },
      capacity_basis: { choose: { basis: "attorney" } },
      authority: { choose: { how: "upload" } },
      stage: { choose: { stage: "waiting_stage_1" } },
      dates: { type: { "complained_on-month": "3", "complained_on-year": "2026" } },
    },
  });
  expect(slugs(seen)).toEqual(expect.arrayContaining(["about-you", "your-papers"]));
  // A resident who cannot decide is not asked to consent, and the representative is not asked what was agreed.
  await journey.open("authority");
  await expect(page.locator('[name="scope"]')).toHaveCount(0);
  await expect(page.getByRole("radio", { name: option("authority", "how", "ask_resident") })).toHaveCount(0);
  await journey.open("check");
  await send(journey);
});

test("the next of kin of a resident who has died", async ({ page, scripted }) => {
  test.skip(!scripted, "the words are the same without scripts, and the representative above walks through those pages");
  test.setTimeout(180_000);
  const journey = await begin(page, scripted);
  await walk(journey, {
    voices: ["estate", "representative"],
    own: {
      ...representative,
      representative_why: { choose: { why: "died" } },
      estate_basis: { choose: { basis: "next_of_kin" } },
    },
  });
  await expect(journey.answer(say("steps.estate_basis.short"))).toHaveText(option("estate_basis", "basis", "next_of_kin"));
  // Back to a resident: no answer of the branch stays.
  await journey.change(say("steps.role.short")).click();
  await journey.choose("role", "resident");
  await journey.goOnTo("check");
  await expect(page.getByText(say("steps.estate_basis.short"), { exact: true })).toHaveCount(0);
  await expect(page.getByText("Robin Sample")).toHaveCount(0);
});

test("a resident who has not complained to the landlord", async ({ page, scripted, axe }) => {
  test.setTimeout(180_000);
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "stage");
  await journey.open("stage");
  await journey.choose("stage", "not_complained");
  await journey.goOnTo("category");
  // The answer is saved in the background, and the next page is rendered from what is saved.
  if (scripted) await expect(page.locator(".or-save-status--saved")).toBeVisible();
  await journey.open("what_next");
  await expect(page.getByText(say("clock.route.help.stage_1"))).toBeVisible();
  const letter = page.getByRole("region", { name: say("letter.heading") });
  await expect(letter).toContainText(resident.landlord);
  await expect(letter).toContainText(resident.line_1);
  await axe();
  await journey.goOnTo("tasks");
});

test("a resident whose landlord is late", async ({ page, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "stage");
  await post(page.request, "stage", { stage: "waiting_stage_1" });
  await post(page.request, "dates", { "complained_on-day": "3", "complained_on-month": "2", "complained_on-year": "2025" });
  await journey.open("what_next");
  await expect(page.getByText(say("clock.route.chase"))).toBeVisible();
  await axe();
});

test("a freeholder, and an employee of a landlord", async ({ page, scripted, axe }) => {
  const journey = await begin(page, scripted);
  await journey.choose("role", "landlord_staff");
  await journey.goOnTo("other_door");
  await axe();
  await journey.goOnTo("resident_name");
  await journey.fill(say("steps.resident_name.full_name"), resident.name);
  await journey.goOnTo("tenure");
  await journey.choose("tenure", "freeholder");
  await give(page, { type: { line_1: resident.line_1, town: resident.town, postcode: resident.postcode } });
  await journey.goOnTo("freeholder");
  await axe();
  // The service rejects no complaint.
  await journey.goOnTo("contact");
});

test("a danger in the home gets advice at once", async ({ page, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "what_happened");
  await journey.open("hazard");
  await give(page, { choose: { hazard: ["none", "flood"] } });
  await journey.goOn();
  await journey.expectErrors([{ id: "hazard", message: say("errors.none_and_more") }]);
  await axe();
  await page.locator('input[value="none"]').uncheck();
  await page.locator('input[value="gas_smell"]').check();
  await journey.goOnTo("emergency");
  await expect(page.getByText(say("steps.emergency.advice.gas_smell"))).toBeVisible();
  await expect(page.getByText(say("steps.emergency.advice.flood"))).toBeVisible();
  await expect(page.getByText(say("steps.emergency.advice.no_heating"))).toHaveCount(0);
  await axe();
  await journey.goOnTo("put_right");
});

test("the sections in any order, from the task list", async ({ page, scripted, axe }) => {
  const journey = await begin(page, scripted);
  await journey.choose("role", "resident");
  await journey.goOnTo("resident_name");
  await page.locator("#leave").getByText(say("tasks.link")).click();
  await journey.on("tasks");
  await axe();
  const state = (section: string) => page.getByRole("listitem").filter({ has: page.getByText(say(`tasks.sections.${section}`), { exact: true }) });
  await expect(state("about_you")).toContainText(say("tasks.states.complete"));
  await expect(state("home")).toContainText(say("tasks.states.not_started"));
  await expect(state("send")).toContainText(say("tasks.states.cannot_start_yet"));
  await page.getByRole("link", { name: say("tasks.sections.put_right"), exact: true }).click();
  await journey.on("put_right");
  await give(page, { choose: { outcomes: ["repair"] } });
  await journey.goOnTo("needs");
  await page.locator("#leave").getByText(say("tasks.link")).click();
  await journey.on("tasks");
  await expect(state("put_right")).toContainText(say("tasks.states.complete"));
  // A question off the way leads back to the list.
  await page.getByRole("link", { name: say("steps.court.short"), exact: true }).click();
  await journey.on("court");
  await give(page, { choose: { filed: "no" } });
  await journey.goOnTo("tasks");
  await page.getByRole("link", { name: say("tasks.check") }).click();
  await journey.on("check");
  await axe();
});

test("a landlord is found in the register", async ({ page, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "landlord");
  await journey.open("landlord");
  const name = page.locator("#name");
  if (scripted) {
    await name.pressSequentially("clraion hou");
  } else {
    await name.fill("clraion hou");
    await page.getByRole("button", { name: say("landlords.find") }).click();
  }
  const first = page.getByRole("radio").first();
  await expect(first).toBeVisible();
  await expect(page.getByRole("radio", { name: say("landlords.not_listed") })).toBeVisible();
  await axe();
  await first.check();
  await journey.goOnTo("stage");
  await expect.poll(async () => {
    const draft = await page.request.get("/api/v1/drafts/current").then((r) => r.json());
    return draft.answers.landlord?.registration_number ?? "";
  }).not.toBe("");
});

test("two devices change the same answer: neither is lost", async ({ page, scripted, axe, browser, server }) => {
  test.setTimeout(120_000);
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "stage");
  await journey.open("landlord");
  // The other device holds a cookie for the same draft.
  const other = await browser.newContext({ baseURL: server.url, storageState: await page.context().storageState() });
  await post(other.request, "landlord", { name: "Laptop Homes" });
  await page.locator("#name").fill("Phone Homes");
  await journey.goOn();
  if (scripted) {
    // The next page is shown already; a notice leads back to the question with both answers.
    await page.getByRole("alert").getByRole("link", { name: say("steps.landlord.short") }).click();
  }
  await expect(page.getByText("Laptop Homes")).toBeVisible();
  await expect(page.locator("#name")).toHaveValue("Phone Homes");
  await axe();
  expect(await (await other.request.get(path.landlord)).text()).toContain("Laptop Homes");
  await page.getByRole("button", { name: say("form.continue"), exact: true }).click();
  await journey.on("stage");
  await expect.poll(async () => (await other.request.get(path.landlord)).text()).toContain("Phone Homes");
  await other.close();
});
test.use({ allowedConsole: /status of (409|412)/ });
