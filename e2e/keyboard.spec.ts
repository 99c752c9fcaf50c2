// The whole questionnaire with the keyboard alone: Tab, Space, Enter and the arrow keys. The focus is always visible.

import { expect, type Locator, type Page } from "@playwright/test";
import { aCase } from "./support/case";
import { Journey } from "./support/journey";
import { photo } from "./support/files";
import { answerUpTo, resident, type Step } from "./support/steps";
import { test } from "./support/test";
import { say } from "./support/words";

/** Presses Tab until the target has the focus. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${target} cannot be reached with ${key}`);
}

/** Expects the focused element to look different from the unfocused one. */
async function expectFocusVisible(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeFocused();
  const box = await target.boundingBox();
  if (!box) throw new Error("what has the focus is not there");
  const margin = 8;
  const clip = {
    x: Math.max(0, box.x - margin),
    y: Math.max(0, box.y - margin),
    width: box.width + 2 * margin,
    height: box.height + 2 * margin,
  };
  const focused = await page.screenshot({ clip, animations: "disabled" });
  await target.evaluate((element) => (element as HTMLElement).blur());
  const blurred = await page.screenshot({ clip, animations: "disabled" });
  await target.focus();
  expect(focused.equals(blurred), `one sees that ${target} has the focus`).toBe(false);
}

test("a complaint with the keyboard alone", async ({ page, scripted }) => {
  test.setTimeout(240_000);
  const journey = new Journey(page, scripted);
  const heading = page.getByRole("heading", { level: 1 });
  const goOn = page.getByRole("button", { name: say("form.continue"), exact: true });

  const on = async (step: Step) => {
    await journey.on(step);
    if (scripted) await expect(heading).toBeFocused();
  };
  const press = async (target: Locator) => {
    await tabTo(page, target);
    await page.keyboard.press("Enter");
  };
  const type = async (label: string, text: string) => {
    await tabTo(page, journey.field(label));
    await page.keyboard.type(text);
  };

  /** Chooses the first of a list and continues. */
  const choose = async () => {
    await tabTo(page, page.getByRole("radio").first());
    await page.keyboard.press("Space");
    await press(goOn);
  };
  const tick = async () => {
    await tabTo(page, page.getByRole("checkbox").first());
    await page.keyboard.press("Space");
    await press(goOn);
  };

  await journey.open("start");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: say("site.skip_to_main") });
  await expectFocusVisible(page, skip);
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  // The next Tab stop is in the main part: the links of the header were skipped.
  await page.keyboard.press("Tab");
  await expect(page.locator("main :focus")).toHaveCount(1);
  const start = page.getByRole("button", { name: say("start.button") });
  await tabTo(page, start);
  await expectFocusVisible(page, start);
  await page.keyboard.press("Enter");

  await journey.on("role");
  await tabTo(page, goOn);
  await expectFocusVisible(page, goOn);
  await page.keyboard.press("Enter");
  const summary = page.locator("#error-summary");
  await expect(summary).toBeFocused();
  await page.keyboard.press("Tab");
  const link = summary.getByRole("link");
  await expectFocusVisible(page, link);
  await page.keyboard.press("Enter");
  const first = page.getByRole("radio").first();
  await expectFocusVisible(page, first);
  await page.keyboard.press("Space");
  await expect(first).toBeChecked();
  await press(goOn);

  await on("resident_name");
  const name = journey.field(say("steps.resident_name.full_name"));
  await tabTo(page, name);
  await expectFocusVisible(page, name);
  await page.keyboard.type(resident.name);
  // Enter in a field activates Continue.
  await page.keyboard.press("Enter");

  await on("tenure");
  if (scripted) {
    await tabTo(page, page.getByRole("radio").first());
    await page.keyboard.press("Space");
    await type(say("steps.home_address.line_1"), resident.line_1);
    await type(say("steps.home_address.town"), resident.town);
    await type(say("steps.home_address.postcode"), resident.postcode);
    await press(goOn);
    await on("contact");
    await type(say("steps.contact.email"), resident.email);
    await choose();
    await on("landlord");
    await type(say("steps.landlord.heading"), resident.landlord);
    await page.keyboard.press("Enter");

    await on("stage");
    await tabTo(page, page.getByRole("radio").first());
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("radio", { name: say("steps.stage.stage_options.waiting_stage_1.text"), exact: true })).toBeChecked();
    await press(goOn);

    await on("dates");
    const unknown = page.getByRole("checkbox", { name: say("date.unknown") }).first();
    await tabTo(page, unknown);
    await expectFocusVisible(page, unknown);
    await page.keyboard.press("Space");
    await expect(unknown).toBeChecked();
    await press(goOn);
    await on("category");
    await choose();
    await on("what_happened");
    const happened = journey.field(say("steps.what_happened.heading"));
    await tabTo(page, happened);
    await expectFocusVisible(page, happened);
    await page.keyboard.type("It has been wet");
    await page.keyboard.press("Enter");
    await page.keyboard.type("since January.");
    await tabTo(page, unknown);
    await page.keyboard.press("Space");
    await choose();
    await on("hazard");
    await tick();
    await on("emergency");
    await press(goOn);
    await on("put_right");
    await type(say("steps.put_right.put_right"), resident.put_right);
    await press(goOn);
    await on("needs");
    await press(goOn);
  } else {
    // Without scripts the browser alone handles the keys, and the fields of these pages are the same.
    await answerUpTo(page.request);
    await journey.open("evidence");
  }

  await on("evidence");
  const files = journey.field(say("files.add"));
  await tabTo(page, files);
  await expectFocusVisible(page, files);
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles([photo()]);
  if (!scripted) await press(page.getByRole("button", { name: say("files.upload") }));
  const remove = page.getByRole("button", { name: `${say("files.remove")} bathroom wall.png` });
  await expect(remove).toBeVisible();
  await tabTo(page, remove, scripted ? "Shift+Tab" : "Tab");
  await expectFocusVisible(page, remove);
  await page.keyboard.press("Enter");
  await expect(remove).toHaveCount(0);
  await press(goOn);

  await on("check");
  if (scripted) {
    expect(await journey.answer(say("steps.what_happened.short")).innerText()).toBe("It has been wet\nsince January.");
    const change = journey.change(say("steps.contact.short"));
    await tabTo(page, change);
    await expectFocusVisible(page, change);
    await page.keyboard.press("Enter");
    await on("contact");
    await type(say("steps.contact.phone"), resident.phone);
    await page.keyboard.press("Enter");
    // A phone number is not taken without an answer to whether it is safe.
    await expect(summary).toBeFocused();
    await tabTo(page, page.locator("#phone_safe"));
    await page.keyboard.press("Space");
    await tabTo(page, page.locator("#message"));
    await page.keyboard.press("Space");
    await press(goOn);
    await on("check");
  }
  await press(page.getByRole("button", { name: say("form.continue"), exact: true }));

  await on("declaration");
  const send = page.getByRole("button", { name: say("form.send") });
  await press(send);
  await expect(summary).toBeFocused();
  const agree = page.getByRole("checkbox", { name: say("steps.declaration.agreed") });
  await tabTo(page, agree);
  await expectFocusVisible(page, agree);
  await page.keyboard.press("Space");
  await press(send);

  const { reference, code } = await journey.receipt();
  await press(page.getByRole("main").getByRole("link", { name: say("sent.follow") }));
  await journey.on("sign_in");
  await type(say("sign_in.reference"), reference);
  await type(say("sign_in.access_code"), code);
  await page.keyboard.press("Enter");
  await expect(heading).toHaveText(say("case.title", { reference }));
  await press(page.getByRole("button", { name: say("case.sign_out") }));
  await journey.on("start");
});

test("Back in the browser leads from question to question", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await journey.open("role");
  await journey.choose("role", "resident");
  await journey.goOnTo("resident_name");
  await journey.fill(say("steps.resident_name.full_name"), resident.name);
  await journey.goOnTo("tenure");
  await page.goBack();
  await journey.on("resident_name");
  await expect(journey.field(say("steps.resident_name.full_name"))).toHaveValue(resident.name);
  await page.goBack();
  await journey.on("role");
  await expect(page.getByRole("radio").first()).toBeChecked();
  await page.goForward();
  await journey.on("resident_name");
});

test("a case on a narrow page with the keyboard alone", async ({ page, scripted }) => {
  test.slow();
  await page.setViewportSize({ width: 360, height: 640 });
  const reference = await aCase(page, page.request);
  const journey = new Journey(page, scripted);
  const heading = page.getByRole("heading", { level: 1 });
  const press = async (target: Locator) => {
    await tabTo(page, target);
    await expect(target).toBeInViewport();
    await expectFocusVisible(page, target);
    await page.keyboard.press("Enter");
  };
  await journey.alive();
  await press(page.locator(`main a[href="/cases/${reference}/message"]`).first());
  await expect(heading).toHaveText(say("case_actions.message.title"));
  await journey.alive();
  await press(page.locator("#send"));
  await expect(page.locator("#error-summary")).toBeFocused();
  await press(page.getByRole("link", { name: say("errors.message_empty") }));
  const words = page.getByLabel(say("case_actions.message.message"));
  await expect(words).toBeFocused();
  await page.keyboard.type("No one has come.");
  await press(page.locator("#send"));
  await expect(page.locator(".or-thread")).toContainText("No one has come.");
  await journey.alive();

  const fold = page.locator(".or-fold > summary").getByText(say("case.people_and_contact"), { exact: true }).locator("..");
  await press(fold);
  await press(page.getByRole("link", { name: say("contact.link") }));
  await expect(heading).toHaveText(say("contact.title"));
  await journey.alive();
  const email = page.getByLabel(say("steps.contact.email"), { exact: true });
  await tabTo(page, email);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("wren");
  await page.keyboard.press("Enter");
  await expect(page.locator("#error-summary")).toBeFocused();
  await expect(email).toHaveValue("wren");
  await press(page.locator("#error-summary a").first());
  await expect(email).toBeFocused();
  // Back to the case, with the link that is before the page in the order of Tab.
  const back = page.locator(".govuk-back-link");
  await tabTo(page, back, "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(heading).toHaveText(say("case.title", { reference }));
});
