// The page is usable before its Wasm is loaded, and hydration loses nothing.

import type { Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { answerUpTo, path, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { give } from "./support/walk";
import { say } from "./support/words";

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "no page is hydrated without scripts");

/** Holds the Wasm back until the returned function is called. */
async function holdWasm(page: Page): Promise<() => void> {
  // Wasm stored by an earlier page would not be requested again.
  await page.evaluate(async () => {
    if (location.protocol === "about:") return;
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  // On the context, because the service worker requests the Wasm.
  await page.context().route("**/*.wasm", async (route) => {
    await held;
    // A page that was left while waiting has cancelled the request.
    await route.continue().catch(() => {});
  });
  return release;
}

test("text typed before hydration is kept", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "home_address");
  const release = await holdWasm(page);
  await page.goto(path.home_address, { waitUntil: "commit" });
  await journey.fill(say("steps.home_address.line_1"), resident.line_1);
  await journey.fill(say("steps.home_address.town"), resident.town);
  const postcode = journey.field(say("steps.home_address.postcode"));
  await postcode.pressSequentially("M1 1");
  await expect(page.locator("html[data-alive]")).toHaveCount(0);
  release();
  await journey.alive();
  await expect(postcode).toBeFocused();
  await page.keyboard.type("AE");
  await expect(postcode).toHaveValue("M1 1AE");
  await expect(journey.field(say("steps.home_address.line_1"))).toHaveValue(resident.line_1);
  await expect(journey.field(say("steps.home_address.town"))).toHaveValue(resident.town);
  await journey.goOnTo("contact");
  await page.getByRole("link", { name: say("site.back"), exact: true }).click();
  await journey.on("tenure");
  await expect(postcode).toHaveValue("M1 1AE");
});

test("choices and long text entered before hydration are kept", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "category");
  for (const [step, act, look] of [
    ["category", () => journey.choose("category", "asb"), () => expect(page.getByRole("radio", { checked: true })).toHaveValue("asb")],
    [
      "what_happened",
      () => journey.fill(say("steps.what_happened.heading"), "</textarea>\n one"),
      () => expect(journey.field(say("steps.what_happened.heading"))).toHaveValue("</textarea>\n one"),
    ],
  ] as const) {
    const release = await holdWasm(page);
    await page.goto(path[step], { waitUntil: "commit" });
    await act();
    release();
    await journey.alive();
    await look();
    await page.context().unroute("**/*.wasm");
    await journey.goOn();
    await expect(page).not.toHaveURL((url) => url.pathname === path[step]);
    // The next page is opened only once this answer is saved.
    await expect(page.locator(".or-save-status")).toHaveText(/\d\d:\d\d/);
  }
});

test("Continue before hydration posts a plain form", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "resident_name");
  const release = await holdWasm(page);
  await page.goto(path.resident_name, { waitUntil: "commit" });
  await page.getByRole("button", { name: say("form.continue"), exact: true }).click();
  await expect(page.locator("#error-summary")).toBeFocused();
  await journey.fill(say("steps.resident_name.full_name"), resident.name);
  const posted = page.waitForRequest((request) => request.method() === "POST" && new URL(request.url()).pathname === path.resident_name);
  await page.getByRole("button", { name: say("form.continue"), exact: true }).click();
  expect((await posted).isNavigationRequest()).toBe(true);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("steps.tenure.heading"));
  await expect(page.locator("html[data-alive]")).toHaveCount(0);
  release();
  await journey.on("tenure");
  await journey.open("resident_name");
  await expect(journey.field(say("steps.resident_name.full_name"))).toHaveValue(resident.name);
});

test("a page with errors is hydrated with its errors", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "contact");
  const release = await holdWasm(page);
  await page.goto(path.contact, { waitUntil: "commit" });
  await journey.fill(say("steps.contact.email"), "wren@example");
  await page.getByRole("button", { name: say("form.continue"), exact: true }).click();
  await expect(page.locator("#error-summary")).toBeFocused();
  await journey.fill(say("steps.contact.phone"), "01632");
  release();
  await journey.alive();
  await expect(journey.field(say("steps.contact.email"))).toHaveValue("wren@example");
  await expect(journey.field(say("steps.contact.phone"))).toHaveValue("01632");
  await journey.goOn();
  await journey.expectErrors([
    { id: "email", message: say("errors.email_not_plausible") },
    { id: "phone", message: say("errors.phone_short") },
  ]);
  await journey.fill(say("steps.contact.email"), resident.email);
  await journey.fill(say("steps.contact.phone"), resident.phone);
  await give(page, { choose: { email_safe: "yes", phone_safe: "yes", message: "no" } });
  await journey.goOnTo("landlord");
});
