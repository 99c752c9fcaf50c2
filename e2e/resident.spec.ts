// A resident complains about their own home, makes a mistake on every page, and follows the complaint to an answer.

import { unfold } from "./support/case";
import { Journey } from "./support/journey";
import { letter, photo } from "./support/files";
import { path, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { walk } from "./support/walk";
import { option, pattern, say } from "./support/words";

test("a resident complains and follows the complaint", async ({ page, server, axe, scripted, browser }) => {
  test.setTimeout(300_000);
  const journey = new Journey(page, scripted);
  const error = (id: string, code: string, at = id) => ({ id, at, message: say(`errors.${code}`) });

  await journey.open("start");
  await expect(page.getByText(say("start.emergency"))).toBeVisible();
  await axe();
  await page.getByRole("link", { name: say("start.other.link") }).click();
  await journey.on("help");
  await axe();
  await page.goBack();
  await page.getByRole("button", { name: say("start.button") }).click();
  await journey.on("role");
  const seen = await walk(journey, { look: async () => axe() });
  // With the check page and the declaration.
  expect(seen.length + 2).toBeLessThanOrEqual(16);

  await test.step("evidence", async () => {
    await journey.open("evidence");
    await journey.field(say("files.add")).setInputFiles([photo(), letter()]);
    // With JavaScript files are sent as they are chosen.
    const upload = page.getByRole("button", { name: say("files.upload") });
    if (scripted) await expect(upload).toBeHidden();
    else await upload.click();
    const files = page.getByRole("list", { name: say("files.yours"), exact: true }).getByRole("listitem");
    await expect(files).toHaveCount(2);
    await expect(files.nth(0)).toContainText("bathroom wall.png");
    await expect(files.nth(1)).toContainText("letter.pdf");
    await journey.on("evidence");
    await axe();
    await page.getByRole("button", { name: `${say("files.remove")} letter.pdf` }).click();
    await expect(files).toHaveCount(1);
    await page.reload();
    await journey.on("evidence");
    await expect(files).toHaveCount(1);
    await journey.goOnTo("check");
  });

  await test.step("check answers", async () => {
    await axe();
    const shown: [string, string][] = [
      ["role", option("role", "role", "resident")],
      ["resident_name", resident.name],
      ["home_address", `${resident.line_1}\n${resident.town}\n${resident.postcode}`],
      ["contact", `${resident.email}\n${resident.phone}`],
      ["landlord", `${resident.landlord}\n${say("check.landlord_typed")}`],
      ["stage", option("stage", "stage", "final_response")],
      [
        "dates",
        [
          say("check.labelled", { what: say("steps.dates.complained_on_short"), value: "3 February 2025" }),
          say("check.labelled", { what: say("steps.dates.final_response_on_short"), value: "June 2025" }),
        ].join("\n"),
      ],
      ["category", option("category", "category", "property_condition")],
      ["what_happened", resident.what_happened],
      ["hazard", say("options.none.text")],
      ["risk", say("check.left_empty")],
    ];
    for (const [row, text] of shown) {
      expect(await journey.answer(say(`steps.${row}.short`)).innerText(), row).toBe(text);
    }
    await journey.change(say("steps.landlord.short")).click();
    await journey.on("landlord");
    const name = page.locator("#name");
    await expect(name).toHaveValue(resident.landlord);
    // An error on the way does not lose the way back.
    await name.fill("");
    await journey.goOn();
    await journey.expectErrors([error("name", "landlord_name_missing")]);
    await name.fill("Example Homes Group");
    await journey.goOnTo("check");
    await expect(journey.answer(say("steps.landlord.short"))).toContainText("Example Homes Group");
    await page.reload();
    await journey.on("check");
    await expect(journey.answer(say("steps.landlord.short"))).toContainText("Example Homes Group");
  });

  await test.step("declaration", async () => {
    await journey.goToDeclaration();
    await axe();
    await journey.send();
    await journey.expectErrors([error("agreed", "declaration_missing")]);
    await axe();
    await page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
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
    await axe();
    await unfold(page, "case.files");
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
    await expect(standing).toContainText("Please send the date of the first leak.");
    await axe();
  });

  // A person with a single case goes directly to that case.
  await page.goto("/cases");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("case.title", { reference }));

  await page.getByRole("button", { name: say("case.sign_out") }).click();
  await page.goto(`/cases/${reference}`);
  await journey.on("sign_in");
});
