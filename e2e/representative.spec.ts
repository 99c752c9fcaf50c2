// Someone acts for a resident; the dates that the stage asks for.

import { Journey } from "./support/journey";
import { answerUpTo, forms, post, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test("a representative complains, and is forgotten when the resident takes over", async ({ page, axe, scripted }) => {
  test.setTimeout(120_000);
  const journey = new Journey(page, scripted);
  await journey.open("role");
  await journey.choose("role", "representative");
  await journey.goOnTo("representative");
  await axe();
  await journey.goOn();
  await journey.expectErrors([
    { id: "full_name", message: say("errors.your_name_missing") },
    { id: "connection", message: say("errors.connection_missing") },
  ]);
  await axe();
  await journey.fill(say("steps.representative.full_name"), "Robin Sample");
  await journey.fill(say("steps.representative.organisation"), "Example Advice");
  await journey.choose("representative", "adviser");
  await journey.goOnTo("resident_name", say("steps.resident_name.heading_representative"));
  await axe();
  await journey.goOn();
  await journey.expectErrors([{ id: "full_name", message: say("errors.resident_name_missing") }]);
  // The representative's own browser must not fill in its owner's name for the resident's.
  await expect(page.locator("#full_name")).toHaveAttribute("autocomplete", "off");
  await journey.fill(say("steps.resident_name.heading_representative"), resident.name);
  await journey.goOnTo("home_address", say("steps.home_address.heading_representative"));
  await axe();
  await journey.fill(say("steps.home_address.line_1"), resident.line_1);
  await journey.fill(say("steps.home_address.town"), resident.town);
  await journey.fill(say("steps.home_address.postcode"), resident.postcode);
  await journey.goOnTo("contact");
  await journey.fill(say("steps.contact.phone"), resident.phone);
  await journey.goOnTo("landlord", say("steps.landlord.heading_representative"));
  await axe();
  await journey.fill(say("steps.landlord.heading_representative"), resident.landlord);
  await journey.goOnTo("stage");
  // This stage has no dates, so their page is passed by.
  await journey.choose("stage", "not_sure");
  await journey.goOnTo("category");
  await journey.choose("category", "other");
  await journey.goOnTo("what_happened");
  await journey.fill(say("steps.what_happened.heading"), resident.what_happened);
  await journey.goOnTo("put_right");
  await journey.fill(say("steps.put_right.heading"), resident.put_right);
  await journey.goOnTo("evidence");
  await journey.goOnTo("check");
  await axe();
  const about = journey.answer(say("check.rows.representative"));
  expect(await about.innerText()).toBe(`Robin Sample\nExample Advice\n${say("steps.representative.options.adviser.text")}`);
  await expect(journey.answer(say("check.rows.resident_name_representative"))).toHaveText(resident.name);
  await journey.goToDeclaration();
  await expect(page.getByText(say("steps.declaration.promise_representative"))).toBeVisible();
  await axe();
  await page.getByRole("link", { name: say("site.back"), exact: true }).click();
  await journey.on("check");

  await test.step("the resident takes over", async () => {
    await journey.change(say("check.rows.role")).click();
    await journey.on("role");
    await journey.choose("role", "resident");
    await journey.goOnTo("check");
    await expect(about).toHaveCount(0);
    await expect(page.getByText("Robin Sample")).toHaveCount(0);
    await expect(journey.answer(say("check.rows.resident_name"))).toHaveText(resident.name);
    await page.reload();
    await journey.on("check");
    await expect(page.getByText("Robin Sample")).toHaveCount(0);
    // The question is not there any more either.
    await page.goto("/complaint/about-you");
    await expect(page).toHaveURL(/check-answers$/);
    await expect(page.getByText("Robin Sample")).toHaveCount(0);
  });

  await test.step("and hands it back", async () => {
    await journey.open("role", "?from=check");
    await journey.choose("role", "representative");
    // Changing this answer has brought up a question without an answer.
    await journey.goOnTo("representative");
    await expect(journey.field(say("steps.representative.full_name"))).toHaveValue("");
    await journey.fill(say("steps.representative.full_name"), "Kit Sample");
    await journey.choose("representative", "family");
    await journey.goOnTo("check");
    await expect(about).toContainText("Kit Sample");
  });
});

test("a representative sends it, and the case says who spoke", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await post(page.request, "role", { role: "representative" });
  await post(page.request, "representative", { full_name: "Robin Sample", organisation: "", connection: "friend" });
  for (const [step, form] of forms.slice(1)) await post(page.request, step, form);
  await journey.open("declaration");
  await page.getByRole("checkbox", { name: say("steps.declaration.agree") }).check();
  await journey.send();
  const { reference, code } = await journey.receipt();
  await page.goto("/sign-in");
  await journey.signIn(reference, code);
  await expect(page.locator(".or-timeline > li").first()).toContainText(say("timeline.by.representative"));
  await expect(journey.answer(say("case.people.representative"))).toHaveText("Robin Sample");
  await expect(journey.answer(say("case.people.resident"))).toHaveText(resident.name);
});

test("dates as people write them", async ({ page, axe, scripted }) => {
  test.setTimeout(120_000);
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "stage");
  await journey.open("stage");
  await journey.choose("stage", "waiting_stage_1");
  await journey.goOnTo("dates");
  const question = "complained_on";
  const named = say(`date_question.${question}.in_error`);
  const refused = async (day: string, month: string, year: string, code: string) => {
    await journey.date(question, day, month, year);
    await journey.goOn();
    await journey.expectErrors([{ id: `${question}-day`, at: question, message: say(`errors.${code}`, { question: named }) }]);
    const boxes = journey.dateGroup(question);
    await expect(boxes.getByLabel(say("date.day"), { exact: true })).toHaveValue(day);
    await expect(boxes.getByLabel(say("date.month"), { exact: true })).toHaveValue(month);
    await expect(boxes.getByLabel(say("date.year"), { exact: true })).toHaveValue(year);
  };
  await refused("31", "2", "2025", "date_not_real");
  await axe();
  await refused("29", "Feb", "2025", "date_not_real");
  await refused("3", "April", "25", "date_year_short");
  await refused("1", "1", "2099", "date_in_future");
  await refused("3", "", "2025", "date_month_missing");
  await refused("3", "april", "", "date_year_missing");
  await refused("third", "april", "2025", "date_not_real");

  const taken = async (day: string, month: string, year: string, shown: string) => {
    await test.step(shown, async () => {
      await journey.open("dates");
      await journey.date(question, day, month, year);
      await journey.goOnTo("category");
      await page.getByRole("link", { name: say("site.back"), exact: true }).click();
      await journey.on("dates");
      await journey.goOnTo("category");
      await journey.open("check");
      await expect(journey.answer(say("check.rows.dates"))).toHaveText(
        say("check.dated", { what: say(`date_question.${question}.in_list`), when: shown }),
      );
    });
  };
  await taken("03", "april", "2025", "3 April 2025");
  await taken("29", "2", "2024", "29 February 2024");
  await taken("", "SEPT", "2025", "September 2025");
  await test.step("not known", async () => {
    await journey.open("dates");
    await journey.dateGroup(question).getByLabel(say("date.unknown"), { exact: true }).check();
    await journey.goOnTo("category");
    await journey.open("check");
    await expect(journey.answer(say("check.rows.dates"))).toContainText(say("date.unknown"));
    await journey.open("dates");
    await expect(journey.dateGroup(question).getByLabel(say("date.unknown"), { exact: true })).toBeChecked();
  });

  await test.step("dates in the wrong order", async () => {
    await post(page.request, "stage", { stage: "answered_stage_1" });
    await journey.open("dates");
    await journey.dateGroup(question).getByLabel(say("date.unknown"), { exact: true }).uncheck();
    await journey.date("complained_on", "3", "4", "2025");
    await journey.date("stage_1_answered_on", "2", "4", "2025");
    await journey.goOn();
    const second = say("date_question.stage_1_answered_on.in_error");
    await journey.expectErrors([
      {
        id: "stage_1_answered_on-day",
        at: "stage_1_answered_on",
        message: say("errors.date_too_early", { question: second, date: "3 April 2025" }),
      },
    ]);
    await axe();
    await journey.date("stage_1_answered_on", "", "4", "2025");
    await journey.goOnTo("category");
  });

  await test.step("a stage without dates drops them", async () => {
    await journey.open("stage");
    await journey.choose("stage", "not_complained");
    await journey.goOnTo("category");
    await journey.open("check");
    await expect(journey.answer(say("check.rows.dates"))).toHaveCount(0);
  });
});
