// However often and from wherever a complaint is sent, it is one complaint; and a draft that is gone loses no typed text.

import type { Page } from "@playwright/test";
import { Journey } from "./support/journey";
import type { Server } from "./support/server";
import { answerUpTo, path, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

async function cases(server: Server): Promise<string[]> {
  const lines = (await server.command("case", "list")).split("\n");
  return lines.map((line) => line.split(" ")[0]).filter((reference) => reference.startsWith("RC-"));
}

async function readyToSend(page: Page, scripted: boolean): Promise<Journey> {
  const journey = new Journey(page, scripted);
  await journey.open("declaration");
  await page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
  return journey;
}

test("Send pressed twice", async ({ page, server, scripted }) => {
  await answerUpTo(page.request);
  const before = await cases(server);
  const journey = await readyToSend(page, scripted);
  await page.getByRole("button", { name: say("form.send") }).dblclick();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("sent.title"));
  // The second press cancels the page load of the first, and Playwright may still report the address before it.
  await page.goto(path.sent);
  const first = await journey.receipt();
  const after = await cases(server);
  expect(after.filter((reference) => !before.includes(reference))).toEqual([first.reference]);
});

test("Send again after Back, and a reload", async ({ page, server, axe, scripted }) => {
  await answerUpTo(page.request);
  const before = await cases(server);
  const journey = await readyToSend(page, scripted);
  await journey.send();
  const first = await journey.receipt();
  await page.reload();
  expect(await journey.receipt()).toEqual(first);
  await page.goBack();
  // Whether the browser kept the page or requests it again: sending once more gives the same complaint.
  const button = page.getByRole("button", { name: say("form.send") });
  await expect(button.or(page.getByText(first.code))).toBeVisible();
  if (await button.isVisible()) await button.click();
  expect(await journey.receipt()).toEqual(first);
  const again = await page.request.post(path.declaration, { form: { agreed: "yes", action: "continue" }, maxRedirects: 0 });
  expect([again.status(), again.headers()["location"]]).toEqual([303, path.sent]);
  // A question of a complaint that was sent cannot be changed.
  await page.goto(path.landlord);
  expect(await journey.receipt()).toEqual(first);
  // The start page does not offer to continue it.
  await page.goto("/");
  await expect(page.getByRole("heading", { name: say("start.sent.title") })).toBeVisible();
  await expect(page.getByRole("button", { name: say("start.go_on") })).toHaveCount(0);
  await axe();
  await page.getByRole("link", { name: say("start.sent.receipt") }).click();
  expect(await journey.receipt()).toEqual(first);
  expect((await cases(server)).length).toBe(before.length + 1);
});

test.describe(() => {
  // The answer of one tab may come after Send of the other: the server answers 409, which Chromium writes to its console.
  test.use({ allowedConsole: /status of 409/ });

  test("Send in two tabs", async ({ page, context, server, scripted }) => {
    await answerUpTo(page.request);
    const before = await cases(server);
    const other = await context.newPage();
    const [one, two] = [await readyToSend(page, scripted), await readyToSend(other, scripted)];
    await Promise.all([one.send(), two.send()]);
    const first = await one.receipt();
    expect(await two.receipt()).toEqual(first);
    const after = await cases(server);
    expect(after.filter((reference) => !before.includes(reference))).toEqual([first.reference]);
  });
});

test("a new complaint from the same browser is another complaint", async ({ page, server, scripted }) => {
  await answerUpTo(page.request);
  const before = await cases(server);
  const journey = await readyToSend(page, scripted);
  await journey.send();
  const first = await journey.receipt();
  await page.goto("/");
  await page.getByRole("link", { name: say("start.sent.another") }).click();
  await journey.on("role");
  // The receipt is still there beside it. The next complaint is sent from a browser without cookies.
  await page.goto("/complaint/sent?draft=draft");
  expect(await journey.receipt()).toEqual(first);
  await page.context().clearCookies();
  await answerUpTo(page.request);
  const again = await readyToSend(page, scripted);
  await again.send();
  const second = await again.receipt();
  expect(second.reference).not.toBe(first.reference);
  expect((await cases(server)).length).toBe(before.length + 2);
});

test.describe(() => {
  // With JavaScript the page gets a 404 for the draft that is gone, and Chromium writes that to its console.
  test.use({ allowedConsole: /status of 404/ });

  for (const gone of ["deleted elsewhere", "a cookie nobody gave"]) {
    test(`the draft is gone (${gone}), the typed text is kept`, async ({ page, context, axe, scripted }) => {
      const journey = new Journey(page, scripted);
      await answerUpTo(page.request, "landlord");
      await journey.open("landlord");
      if (gone === "deleted elsewhere") {
        const cookies = await context.cookies();
        const forget = await page.request.post("/complaint/start-again?draft=draft", { maxRedirects: 0 });
        expect(forget.status()).toBe(303);
        await context.addCookies(cookies);
      } else {
        const [draft] = (await context.cookies()).filter(({ name }) => name.endsWith("draft"));
        // The last character encodes four bits, so only every fourth character is valid there: "B" would make the token invalid.
        const changed = draft.value.replace(/.$/, (last) => (last === "A" ? "E" : "A"));
        await context.addCookies([{ ...draft, value: changed }]);
      }
      if (scripted) {
        // The page has all answers in memory and puts them into a new draft.
        await journey.fill(say("steps.landlord.heading"), resident.landlord);
        await journey.goOnTo("stage");
        await expect(page.locator(".or-save-status")).toHaveText(/\d\d:\d\d/, { timeout: 15_000 });
        await journey.open("landlord");
        await expect(journey.field(say("steps.landlord.heading"))).toHaveValue(resident.landlord);
        await journey.open("resident_name");
        await expect(page.locator("#full_name")).toHaveValue(resident.name);
        return;
      }
      // An invalid answer comes back with what was typed, with or without a draft.
      await journey.fill(say("steps.landlord.heading"), "x".repeat(201));
      await journey.goOn();
      await journey.expectErrors([{ id: "name", message: say("errors.too_long", { field: say("steps.landlord.short"), max: 200 }) }]);
      await expect(journey.field(say("steps.landlord.heading"))).toHaveValue("x".repeat(201));
      await axe();
      // A valid answer is saved, and the page says which answers are gone.
      await journey.fill(say("steps.landlord.heading"), resident.landlord);
      await journey.goOnTo("role");
      await expect(page.getByRole("region", { name: say("kept.title") })).toContainText(say("kept.text"));
      await axe();
      await journey.choose("role", "resident");
      await journey.goOnTo("resident_name");
      await journey.open("landlord");
      await expect(journey.field(say("steps.landlord.heading"))).toHaveValue(resident.landlord);
    });
  }
});

test("starting again deletes everything", async ({ page, axe, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "landlord");
  await journey.open("start");
  await expect(page.getByRole("heading", { name: say("start.begun") })).toBeVisible();
  await axe();
  await page.getByRole("button", { name: say("start.go_on") }).click();
  await journey.on("tasks");
  await journey.open("start");
  await page.getByRole("button", { name: say("start.again") }).click();
  await expect(page.getByRole("button", { name: say("start.button") })).toBeVisible();
  await page.goto(path.resident_name);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("no_draft.title"));
  await axe();
});
