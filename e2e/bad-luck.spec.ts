// A connection that comes and goes, a server that dies, a browser that translates: no answer is lost.

import { Journey } from "./support/journey";
import { Server } from "./support/server";
import { answerUpTo, path, post, resident, type Step } from "./support/steps";
import { expect, test } from "./support/test";
import { give } from "./support/walk";
import { say } from "./support/words";

test.describe("no connection for a while", () => {
  test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "without scripts the browser itself says so");
  test.use({ allowedConsole: /net::ERR_/ });

  test("the person continues, and the status line says when the answers are saved", async ({ page, axe, scripted }) => {
    test.setTimeout(90_000);
    const journey = new Journey(page, scripted);
    const status = page.locator(".or-save-status");
    await journey.open("role");
    await page.route("**/api/**", (route) => route.abort());
    await journey.choose("role", "resident");
    await journey.goOnTo("resident_name");
    await expect(status).toHaveText(say("offline.saved.here_only"));
    await axe();
    await journey.fill(say("steps.resident_name.full_name"), resident.name);
    await journey.goOnTo("tenure");
    await journey.open("home_address");
    await journey.fill(say("steps.home_address.line_1"), resident.line_1);
    await journey.fill(say("steps.home_address.town"), resident.town);
    await journey.fill(say("steps.home_address.postcode"), resident.postcode);
    await journey.goOnTo("contact");
    await expect(status).toHaveText(say("offline.saved.here_only"));
    await page.unroute("**/api/**");
    await expect(status).toHaveText(/\d\d:\d\d/, { timeout: 30_000 });
    await page.reload();
    await journey.on("contact");
    await journey.open("home_address");
    await expect(journey.field(say("steps.home_address.postcode"))).toHaveValue(resident.postcode);
    await journey.open("resident_name");
    await expect(journey.field(say("steps.resident_name.full_name"))).toHaveValue(resident.name);
  });

  test("Send without a connection says so and can be retried", async ({ page, axe, scripted }) => {
    test.setTimeout(120_000);
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    await journey.open("declaration");
    await page.route("**/api/**", (route) => route.abort());
    await page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
    await journey.send();
    const heading = page.getByRole("heading", { level: 1 });
    await expect(heading).toHaveText(say("offline.queued.title"));
    await expect(heading).toBeFocused();
    await axe();
    await page.getByRole("link", { name: say("offline.change") }).click();
    await journey.on("check");
    await journey.goToDeclaration();
    await journey.send();
    await expect(heading).toHaveText(say("offline.queued.title"));
    await page.unroute("**/api/**");
    await page.getByRole("button", { name: say("offline.try_now") }).click();
    await journey.receipt();
  });
});

test.describe("the server dies between Send and the confirmation", () => {
  let server: Server;
  test.beforeEach(async () => {
    server = await Server.start();
  });
  test.afterEach(async () => {
    await server.stop();
  });

  test("the receipt is the same after the restart", async ({ browser, scripted, viewport }) => {
    const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: scripted, viewport });
    const page = await context.newPage();
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    if (scripted) {
      await journey.open("declaration");
      await page.route(`**${path.sent}`, async (route) => {
        await server.kill();
        await server.restart();
        await route.continue();
      });
      await page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
      await journey.send();
    } else {
      const sent = await page.request.post(path.declaration, { form: { agreed: "yes", action: "continue" }, maxRedirects: 0 });
      expect([sent.status(), sent.headers()["location"]]).toEqual([303, path.sent]);
      await server.kill();
      await server.restart();
      await page.goto(path.sent);
    }
    const first = await journey.receipt();
    await page.unroute(`**${path.sent}`);
    await server.kill();
    await server.restart();
    await page.reload();
    expect(await journey.receipt()).toEqual(first);
    expect((await server.command("case", "list")).match(/RC-/g)).toHaveLength(1);
    await page.goto(path.sign_in);
    await journey.signIn(first.reference, first.code);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("case.title", { reference: first.reference }));
    await context.close();
  });
});

test("a page that the browser has translated keeps working", async ({ page, scripted }) => {
  test.skip(!scripted, "without scripts nothing but the browser touches the page");
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request, "landlord");
  /** Changes the page as a translating browser does: every text is removed and comes back changed, inside two elements. */
  const translate = () =>
    page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) {
        const text = walker.currentNode as Text;
        if (text.data.trim() && !text.parentElement?.closest("script, style, textarea, font")) texts.push(text);
      }
      for (const text of texts) {
        const outer = document.createElement("font");
        const inner = document.createElement("font");
        inner.textContent = `${text.data} ·`;
        outer.append(inner);
        text.replaceWith(outer);
      }
    });
  const goOn = () => page.locator("#continue").click();
  /** Continues, and expects the next page untranslated. */
  const goOnTo = async (step: Step) => {
    await goOn();
    await journey.on(step);
  };
  await journey.open("landlord");
  await translate();
  // An error changes the page in place, although its text nodes have been replaced.
  await goOn();
  await expect(page.locator("#error-summary")).toBeFocused();
  await expect(page.locator("#error-summary")).toContainText(say("errors.landlord_name_missing"));
  await translate();
  await page.locator("#name").fill(resident.landlord);
  await goOnTo("stage");
  await expect(page.locator("#error-summary")).toHaveCount(0);
  await translate();
  // Back leads to the page before.
  await goOn();
  await expect(page.locator("#error-summary")).toBeFocused();
  await page.locator(".govuk-back-link").click();
  await journey.on("landlord");
  await expect(page.locator("#name")).toHaveValue(resident.landlord);
  await goOnTo("stage");
  await translate();
  await give(page, { choose: { stage: "not_sure" } });
  await goOnTo("category");
  await translate();
  await goOn();
  await expect(page.locator("#error-summary")).toBeFocused();
  await give(page, { choose: { category: "other" } });
  await goOnTo("what_happened");
  await page.reload();
  await journey.on("what_happened");
});

test("many people at once each see their own page", async ({ playwright, server, scripted }) => {
  test.skip(scripted, "pages are made by the server alone");
  const one = async (number: number) => {
    const person = await playwright.request.newContext({ baseURL: server.url });
    const name = `Person ${number} Example`;
    await post(person, "role", { role: "resident" });
    await post(person, "resident_name", { full_name: name });
    for (let visit = 0; visit < 6; visit++) {
      const page = await person.get(path.resident_name);
      expect(page.status()).toBe(200);
      const html = await page.text();
      expect(html).toContain(`<title>${say("form.title", { page: say("steps.resident_name.heading"), service: say("site.name") })}</title>`);
      expect(html.match(/Person \d+ Example/g)).toContain(name);
      expect(new Set(html.match(/Person \d+ Example/g)).size).toBe(1);
      const wrong = await person.post(path.landlord, { form: { name: "", action: "continue" } });
      expect(wrong.status()).toBe(422);
      expect(await wrong.text()).toContain(`<title>${say("form.error_prefix")} `);
    }
    await person.dispose();
  };
  await Promise.all(Array.from({ length: 16 }, (_, number) => one(number)));
});
