// A resident complains about their own home, is wrong on every page once, and follows the complaint to an answer.

import { Journey } from "./support/journey";
import { letter, photo } from "./support/files";
import { path, resident, type Step } from "./support/steps";
import { expect, test } from "./support/test";
import { pattern, say } from "./support/words";

test("a resident complains and follows the complaint", async ({ page, server, axe, scripted, browser }) => {
  test.setTimeout(240_000);
  const journey = new Journey(page, scripted);

  await journey.open("start");
  await expect(page.getByText(say("start.emergency"))).toBeVisible();
  await axe();
  await page.getByRole("link", { name: say("start.other.link") }).click();
  await journey.on("help");
  await axe();
  await page.goBack();
  await page.getByRole("button", { name: say("start.button") }).click();

  const wrongThenRight = async (step: Step, errors: Parameters<Journey["expectErrors"]>[0], right: () => Promise<void>, then: Step) => {
    await test.step(step, async () => {
      await journey.on(step);
      await axe();
      await journey.goOn();
      await journey.expectErrors(errors);
      await axe();
      await right();
      await journey.goOnTo(then);
    });
  };
  const error = (id: string, code: string, at = id) => ({ id, at, message: say(`errors.${code}`) });

  await wrongThenRight("role", [error("role", "role_missing")], () => journey.choose("role", "resident"), "resident_name");
  await wrongThenRight(
    "resident_name",
    [error("full_name", "your_name_missing")],
    () => journey.fill(say("steps.resident_name.heading"), resident.name),
    "home_address",
  );
  await wrongThenRight(
    "home_address",
    [error("line_1", "address_line_1_missing"), error("town", "town_missing"), error("postcode", "postcode_missing")],
    async () => {
      await journey.fill(say("steps.home_address.line_1"), resident.line_1);
      await journey.fill(say("steps.home_address.town"), resident.town);
      // As people type it; it comes out in its usual spelling.
      await journey.fill(say("steps.home_address.postcode"), "m11ae");
    },
    "contact",
  );
  await wrongThenRight(
    "contact",
    [error("email", "contact_missing")],
    async () => {
      await journey.fill(say("steps.contact.email"), resident.email);
      await journey.fill(say("steps.contact.phone"), resident.phone);
    },
    "landlord",
  );
  await wrongThenRight(
    "landlord",
    [error("name", "landlord_name_missing")],
    () => journey.fill(say("steps.landlord.heading"), resident.landlord),
    "stage",
  );
  await wrongThenRight("stage", [error("stage", "stage_missing")], () => journey.choose("stage", "final_response"), "dates");
  const missing = (question: string) => ({
    id: `${question}-day`,
    at: question,
    message: say("errors.date_missing", { question: say(`date_question.${question}.in_error`) }),
  });
  await wrongThenRight(
    "dates",
    [missing("complained_on"), missing("final_response_on")],
    async () => {
      await journey.date("complained_on", "3", "2", "2025");
      await journey.date("final_response_on", "", "June", "2025");
    },
    "category",
  );
  await wrongThenRight(
    "category",
    [error("category", "category_missing")],
    () => journey.choose("category", "property_condition"),
    "what_happened",
  );
  await wrongThenRight(
    "what_happened",
    [error("what_happened", "what_happened_missing")],
    () => journey.fill(say("steps.what_happened.heading"), resident.what_happened),
    "put_right",
  );
  await wrongThenRight(
    "put_right",
    [error("put_right", "put_right_missing")],
    () => journey.fill(say("steps.put_right.heading"), resident.put_right),
    "evidence",
  );

  await test.step("evidence", async () => {
    await axe();
    await journey.field(say("steps.evidence.label")).setInputFiles([photo(), letter()]);
    // With scripts files go as they are chosen.
    const upload = page.getByRole("button", { name: say("steps.evidence.upload") });
    if (scripted) await expect(upload).toBeHidden();
    else await upload.click();
    const files = page.getByRole("list", { name: say("files.yours") }).getByRole("listitem");
    await expect(files).toHaveCount(2);
    await expect(files.nth(0)).toContainText("bathroom wall.png");
    await expect(files.nth(1)).toContainText("letter.pdf");
    await journey.on("evidence");
    await axe();
    await page.getByRole("button", { name: `${say("files.remove")} letter.pdf` }).click();
    await expect(files).toHaveCount(1);
    await expect(files).toContainText("bathroom wall.png");
    await page.reload();
    await journey.on("evidence");
    await expect(files).toHaveCount(1);
    await journey.goOnTo("check");
  });

  await test.step("check answers", async () => {
    await axe();
    const shown: [string, string][] = [
      ["role", say("steps.role.options.resident.text")],
      ["resident_name", resident.name],
      ["home_address", `${resident.line_1}\n${resident.town}\n${resident.postcode}`],
      ["contact", `${resident.email}\n${resident.phone}`],
      ["landlord", resident.landlord],
      ["stage", say("steps.stage.options.final_response.text")],
      [
        "dates",
        [
          say("check.dated", { what: say("date_question.complained_on.in_list"), when: "3 February 2025" }),
          say("check.dated", { what: say("date_question.final_response_on.in_list"), when: "June 2025" }),
        ].join("\n"),
      ],
      ["category", say("steps.category.options.property_condition.text")],
      ["what_happened", resident.what_happened],
      ["put_right", resident.put_right],
      ["evidence", say("files.count.one")],
    ];
    for (const [row, text] of shown) {
      expect(await journey.answer(say(`check.rows.${row}`)).innerText(), row).toBe(text);
    }
    await expect(page.locator(".govuk-summary-list__row")).toHaveCount(shown.length);

    await journey.change(say("check.rows.landlord")).click();
    await journey.on("landlord");
    await expect(journey.field(say("steps.landlord.heading"))).toHaveValue(resident.landlord);
    // A mistake on the way does not lose the way back.
    await journey.fill(say("steps.landlord.heading"), "");
    await journey.goOn();
    await journey.expectErrors([error("name", "landlord_name_missing")]);
    await journey.fill(say("steps.landlord.heading"), "Example Homes Group");
    await journey.goOnTo("check");
    await expect(journey.answer(say("check.rows.landlord"))).toHaveText("Example Homes Group");
    await page.reload();
    await journey.on("check");
    await expect(journey.answer(say("check.rows.landlord"))).toHaveText("Example Homes Group");
  });

  await test.step("declaration", async () => {
    await journey.goToDeclaration();
    await axe();
    await journey.send();
    await journey.expectErrors([error("agreed", "declaration_missing")]);
    await axe();
    await page.getByRole("checkbox", { name: say("steps.declaration.agree") }).check();
    await journey.send();
  });

  const { reference, code } = await journey.receipt();
  await axe();
  await expect(page.getByText(say("sent.access_code_once"))).toBeVisible();
  await expect(page.getByText(pattern("sent.contact_by"))).toBeVisible();

  // Another device, another day.
  const elsewhere = await browser.newContext({ baseURL: server.url, javaScriptEnabled: scripted, viewport: page.viewportSize() });
  await test.step("sign in with what was written down", async () => {
    await page.context().clearCookies();
    await page.goto(`/cases/${reference}`);
    await journey.on("sign_in");
    await axe();
    await page.getByRole("button", { name: say("sign_in.button"), exact: true }).click();
    await journey.expectErrors([error("reference", "reference_missing"), error("access_code", "access_code_missing")]);
    await axe();
    await journey.fill(say("sign_in.reference"), reference);
    await journey.fill(say("sign_in.access_code"), "AAAA-AAAA-AAAA");
    await page.getByRole("button", { name: say("sign_in.button"), exact: true }).click();
    await journey.expectErrors([error("reference", "sign_in_failed")]);
    await axe();
    const sloppy = (text: string) => text.toLowerCase().replaceAll("-", "").replaceAll("0", "O").replaceAll("1", "l");
    await journey.signIn(sloppy(reference), sloppy(code));
  });

  const standing = page.getByRole("region", { name: say("case.now") });
  await test.step("the case as it was sent", async () => {
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("case.title", { reference }));
    await expect(standing).toContainText(say("status.received.name"));
    await expect(standing).toContainText(say("status.received.next"));
    await expect(standing).toContainText(say("who_acts.us"));
    const events = page.locator(".or-timeline > li");
    await expect(events).toHaveCount(1);
    await expect(events.first()).toContainText(say("timeline.submitted"));
    await expect(events.first()).toContainText(say("timeline.by.resident"));
    await expect(page.getByText("bathroom wall.png")).toBeVisible();
    await axe();
    await elsewhere.newPage().then(async (stranger) => {
      await stranger.goto(`/cases/${reference}`);
      await expect(stranger).toHaveURL((url) => url.pathname === path.sign_in);
    });
    await elsewhere.close();
  });

  await test.step("the office moves it at the command line", async () => {
    const message = "Thank you. We are reading what you sent.";
    await server.command("case", "status", reference, "assessment", "--message", message);
    await page.reload();
    await expect(standing).toContainText(say("status.assessment.name"));
    const events = page.locator(".or-timeline > li");
    await expect(events).toHaveCount(2);
    await expect(events.last()).toContainText(say("status.assessment.name"));
    await expect(events.last()).toContainText(message);
    await expect(events.last()).toContainText(say("timeline.by.organisation"));
    await axe();
  });

  await test.step("another system moves it", async () => {
    const key = (await server.command("keys", "add", "--name", `Desk of ${reference}`, "--scope", "desk")).trim();
    const move = () =>
      fetch(`${server.url}/api/v1/desk/cases/${reference}/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": `ask-${reference}` },
        body: JSON.stringify({ type: "status_changed", status: "awaiting_resident", due: "2031-03-14", message: "Please send the date of the first leak." }),
      });
    const [first, again] = [await move(), await move()];
    expect([first.status, again.status]).toEqual([201, 201]);
    await page.reload();
    await expect(standing).toContainText(say("status.awaiting_resident.name"));
    await expect(standing).toContainText(say("who_acts.you"));
    await expect(standing).toContainText(say("case.due", { date: "14 March 2031" }));
    await expect(page.locator(".or-timeline > li")).toHaveCount(3);
    await expect(page.getByText("Please send the date of the first leak.")).toBeVisible();
    await axe();
  });

  // Who follows one complaint is shown that one.
  await page.goto("/cases");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("case.title", { reference }));

  await page.getByRole("button", { name: say("case.sign_out") }).click();
  await page.goto(`/cases/${reference}`);
  await journey.on("sign_in");
});
