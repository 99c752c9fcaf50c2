// *Exit this page*: by button, by skip link, by pressing Shift three times; what is left afterwards, with Back and on a new visit.

import type { BrowserContext, Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { branches, everyAnswer } from "./support/every_answer";
import type { Neutral } from "./support/neutral";
import { picture } from "./support/picture";
import { answerUpTo, path, post, resident, type Step } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

const footer = (page: Page, key: string) => page.getByRole("contentinfo").getByRole("link", { name: say(key), exact: true });

const exit = (page: Page) => page.getByRole("button", { name: say("safe.exit.button"), exact: true });

/** Expects the neutral site, which got no referrer, and none of our cookies. */
async function expectGone(page: Page, context: BrowserContext, neutral: Neutral): Promise<void> {
  await expect(page).toHaveURL(neutral.url);
  await expect(page).toHaveTitle("Weather");
  expect(neutral.referrers.filter((from) => from !== undefined)).toEqual([]);
  await expect.poll(async () => (await context.cookies()).map(({ name, value }) => `${name}=${value}`)).toEqual(["left=1"]);
}

/**
 * Goes Back until there is nothing more, and expects no page of ours. For the response to a form, the browser does not repeat the
 * request and shows an empty page of its own.
 */
async function expectNothingBehind(page: Page, server: { url: string }): Promise<void> {
  for (let presses = 0; presses < 4; presses++) {
    const answerToForm = await page.goBack().then(
      () => false,
      (error) => String(error).includes("ERR_CACHE_MISS"),
    );
    await page.waitForLoadState();
    if (!answerToForm) expect(page.url()).not.toContain(new URL(server.url).port);
    expect(await page.content()).not.toContain(resident.name);
  }
}

test.describe("Exit this page", () => {
  test.use({ allowedConsole: /status of 404/ });

  const kinds: [string, (page: Page, journey: Journey) => Promise<void>][] = [
    ["a question", async (_, journey) => journey.open("resident_name")],
    [
      "a question with a mistake",
      async (page, journey) => {
        await journey.open("resident_name");
        await page.locator("#full_name").fill("");
        await journey.goOn();
        await expect(page.locator("#error-summary")).toBeVisible();
      },
    ],
    ["the check of all answers", async (_, journey) => journey.open("check")],
    ["sign-in", async (page) => footer(page, "site.follow").click()],
    ["help", async (page) => footer(page, "site.help").click()],
    ["how to leave", async (page) => footer(page, "safe.about.link").click()],
    ["this phone", async (page) => footer(page, "safe.shared.link").click()],
  ];
  for (const [kind, open] of kinds) {
    test(`from ${kind}`, async ({ page, context, scripted, server, neutral }) => {
      await answerUpTo(page.request);
      // An earlier page, so that there is something to go back to.
      await page.goto(path.home_address);
      await open(page, new Journey(page, scripted));
      const left = context.waitForEvent("request", (request) => request.url() === new URL("/exit", server.url).href);
      await exit(page).click();
      expect((await left).method()).toBe("POST");
      await expectGone(page, context, neutral);
      await expectNothingBehind(page, server);
    });
  }

  test("from a case and from a receipt: the sign-in has ended", async ({ page, context, scripted, server, neutral }) => {
    const journey = new Journey(page, scripted);
    await answerUpTo(page.request);
    await journey.open("declaration");
    await page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
    await journey.send();
    const { reference, code } = await journey.receipt();
    await footer(page, "site.follow").click();
    await journey.signIn(reference, code);
    const address = page.url();
    const session = (await context.cookies()).filter(({ name }) => name === "session");
    expect(session).toHaveLength(1);
    await exit(page).click();
    await expectGone(page, context, neutral);
    await expectNothingBehind(page, server);
    // Even the same cookie, restored, opens nothing.
    await context.clearCookies();
    await context.addCookies(session);
    await page.goto(address);
    await expect(page).toHaveURL((url) => url.pathname === path.sign_in);
    await page.goto("/no-such-page");
    await exit(page).click();
    await expectGone(page, context, neutral);
  });

  test("from every page of the questionnaire", async ({ page, context, scripted, neutral }) => {
    test.setTimeout(300_000);
    await everyAnswer(page.request);
    const draft = await context.cookies();
    const steps = (Object.keys(path) as Step[]).filter((step) => path[step].startsWith("/complaint/") && step !== "sent");
    // The button is outside the app and the same on every page, which layout.spec.ts checks. With scripts it is pressed where the app
    // sends files or data, or asks the server.
    const sending: Step[] = ["authority_file", "landlord", "evidence", "check", "declaration"];
    // Pages that need other answers come last, because those answers stay.
    const plain = steps.filter((step) => !(step in branches) && (!scripted || sending.includes(step)));
    const journey = new Journey(page, scripted);
    for (const step of [...plain, ...(Object.keys(branches) as Step[])]) {
      await test.step(step, async () => {
        const first = branches[step];
        if (step === "ask_resident") await post(page.request, "representative_why", { why: "permission" });
        if (first) await post(page.request, ...first);
        await page.goto(path[step]);
        await expect(page).toHaveURL((url) => url.pathname === path[step]);
        await journey.alive();
        await exit(page).click();
        await expectGone(page, context, neutral);
        await context.clearCookies();
        await context.addCookies(draft);
      });
    }
  });

  test("by the skip link, the second stop of the Tab key", async ({ page, context, neutral, scripted }) => {
    await answerUpTo(page.request);
    await new Journey(page, scripted).open("resident_name");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: say("site.skip_to_main") })).toBeFocused();
    await page.keyboard.press("Tab");
    const skip = page.getByRole("button", { name: say("safe.exit.skip") });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await picture(page, "exit-skip-link", false);
    await page.keyboard.press("Enter");
    await expectGone(page, context, neutral);
  });

  test("a person who reads how to come back, and gets a code, comes back after leaving", async ({ page, context, scripted, neutral, axe }) => {
    const journey = new Journey(page, scripted);
    await journey.open("start");
    await expect(page.getByText(say("safe.start.back"))).toBeVisible();
    await answerUpTo(page.request);
    await journey.open("home_address");
    const band = page.getByRole("region", { name: say("safe.exit.label") });
    await band.getByText(say("safe.exit.about")).click();
    await expect(band.getByText(say("safe.exit.does_not"))).toBeVisible();
    await axe();
    await picture(page, "exit-coming-back", false);
    await band.getByRole("link", { name: say("safe.exit.get_code") }).click();
    await page.getByRole("button", { name: say("save_and_resume.code.button") }).click();
    const code = await page.locator(".or-reference__code").innerText();
    await exit(page).click();
    await expectGone(page, context, neutral);
    await page.goto("/");
    await page.getByRole("link", { name: say("start.elsewhere") }).click();
    await page.locator("#code").fill(code);
    await page.locator("#code").press("Enter");
    await page.getByRole("button", { name: say("resume.open") }).click();
    await expect(page).toHaveURL((url) => url.pathname === path.tasks);
    await journey.open("resident_name");
    await expect(page.locator("#full_name")).toHaveValue(resident.name);
  });

  test("a new visit starts from nothing, and the server has deleted nothing", async ({ page, context, server, neutral }) => {
    await answerUpTo(page.request);
    const draft = (await context.cookies()).find(({ name }) => name === "draft");
    await page.goto(path.resident_name);
    await exit(page).click();
    await expectGone(page, context, neutral);
    await page.goto("/");
    await expect(page.getByRole("button", { name: say("start.button") })).toBeVisible();
    await expect(page.getByText(say("start.begun"))).toHaveCount(0);
    expect(await context.cookies(server.url)).toEqual([]);
    await context.addCookies([draft!]);
    await page.goto("/");
    await expect(page.getByText(say("start.begun"))).toBeVisible();
  });
});

test.describe("with JavaScript", () => {
  // Some tests cut the connection on purpose.
  test.use({ allowedConsole: /ERR_INTERNET_DISCONNECTED|ERR_FAILED/ });
  test.beforeEach(({ scripted }) => test.skip(!scripted, "what only a script can do"));

  test("Shift three times leaves; with other keys between, or too slowly, it does not", async ({ page, context, scripted, neutral }) => {
    await page.clock.install();
    await answerUpTo(page.request);
    const journey = new Journey(page, scripted);
    await journey.open("resident_name");
    const said = page.locator("#exit").getByRole("status");
    await page.keyboard.press("Shift");
    await expect(said).toHaveText(say("safe.exit.two_more"));
    await page.keyboard.press("Shift");
    await expect(said).toHaveText(say("safe.exit.one_more"));
    await picture(page, "exit-two-shifts", false);
    await page.clock.fastForward(6_000);
    await expect(said).toHaveText(say("safe.exit.over"));
    await page.locator("#full_name").fill("");
    await page.locator("#full_name").press("Shift+A");
    await page.locator("#full_name").press("Shift+B");
    await page.locator("#full_name").press("Shift+C");
    await page.keyboard.press("Shift");
    await page.keyboard.press("x");
    await page.keyboard.press("Shift");
    await expect(said).toHaveText(say("safe.exit.two_more"));
    await expect(page).toHaveURL(new RegExp(path.resident_name));
    await page.keyboard.press("Shift");
    await page.keyboard.press("Shift");
    await expectGone(page, context, neutral);
  });

  test("what a phone's keyboard, a composed letter or a click with Shift sends does not leave", async ({ page, scripted }) => {
    await answerUpTo(page.request);
    const journey = new Journey(page, scripted);
    await journey.open("resident_name");
    const said = page.locator("#exit").getByRole("status");
    type Sent = KeyboardEventInit & { keyCode?: number };
    const send = (down: Sent, up: Sent, between?: string) =>
      page.evaluate(
        ([down, up, between]) => {
          const field = document.getElementById("full_name")!;
          for (let n = 0; n < 4; n++) {
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", bubbles: true, shiftKey: true, ...down }));
            if (between) field.dispatchEvent(new Event(between, { bubbles: true }));
            field.dispatchEvent(new KeyboardEvent("keyup", { key: "Shift", bubbles: true, ...up }));
          }
        },
        [down, up, between] as const,
      );
    const left = { code: "ShiftLeft" };
    await send({ code: "" }, { code: "" });
    await send({ ...left, isComposing: true }, { ...left, isComposing: true });
    await send({ ...left, keyCode: 229 }, { ...left, keyCode: 229 });
    await send({ ...left, ctrlKey: true }, { ...left, ctrlKey: true });
    await send({ ...left, repeat: true }, left);
    await send(left, left, "beforeinput");
    await send(left, left, "pointerdown");
    await send(left, left, "compositionstart");
    await expect(said).toHaveText("");
    await expect(page).toHaveURL(new RegExp(path.resident_name));
    // Pressing the key itself does.
    await page.keyboard.press("Shift");
    await expect(said).toHaveText(say("safe.exit.two_more"));
  });

  test("the page is empty at once, in every tab, however long the rest takes", async ({ page, context, scripted, neutral }) => {
    // Wiping never ends and the clock stands still, so that the state before the exit page loads stays visible.
    await context.clock.install();
    await context.addInitScript(() => {
      indexedDB.databases = () => new Promise(() => {});
    });
    await answerUpTo(page.request);
    const other = await context.newPage();
    await new Journey(other, scripted).open("check");
    const empty = await blank(context);
    await page.bringToFront();
    await new Journey(page, scripted).open("resident_name");
    await context.clock.pauseAt(Date.now() + 3_600_000);
    await exit(page).click();
    for (const tab of [page, other]) {
      await expect(tab.getByRole("alert")).toHaveText(say("safe.exit.leaving"));
      await expect(tab).toHaveTitle(new URL(neutral.url).host);
      await expect(tab.locator("body *")).toHaveCount(1);
      await tab.bringToFront();
      expect((await tab.screenshot()).equals(empty), "nothing is to be seen").toBe(true);
    }
    await context.clock.runFor(400);
    await expectGone(page, context, neutral);
    await expect(other).toHaveURL(neutral.url);
  });

  test("without a connection the page is empty, and the cookies open nothing", async ({ page, context, scripted, server }) => {
    await answerUpTo(page.request);
    const journey = new Journey(page, scripted);
    await journey.open("resident_name");
    await context.setOffline(true);
    await exit(page).click();
    await expect(page.getByText(resident.name)).toHaveCount(0);
    await context.setOffline(false);
    // The server got no request then; the cookie in the browser tells it now.
    await page.goto(server.url);
    await expect(page.getByRole("button", { name: say("start.button") })).toBeVisible();
    await expect(page.getByText(say("start.begun"))).toHaveCount(0);
    expect(await context.cookies(server.url)).toEqual([]);
  });

  test("unsaved answers neither hold the person back nor create a new draft", async ({ page, context, scripted, neutral }) => {
    await answerUpTo(page.request);
    const journey = new Journey(page, scripted);
    await journey.open("resident_name");
    await context.route("**/api/v1/drafts/**", (route) => route.abort());
    await journey.fill(say("steps.resident_name.full_name"), "Somebody Else");
    await journey.goOnTo("tenure");
    let asked = false;
    page.on("dialog", (dialog) => {
      asked = true;
      void dialog.accept();
    });
    let go = () => {};
    const held = new Promise<void>((release) => (go = release));
    await context.route(neutral.url, async (route) => {
      await held;
      await route.continue();
    });
    await context.unroute("**/api/v1/drafts/**");
    await exit(page).click({ noWaitAfter: true });
    // Longer than the app waits before it retries saving.
    await new Promise((waited) => setTimeout(waited, 3_000));
    go();
    await expectGone(page, context, neutral);
    expect(asked).toBe(false);
  });

  test("data stored by scripts is wiped, even while another page has it open", async ({ page, context, server, neutral }) => {
    await answerUpTo(page.request);
    await page.goto(path.help);
    await page.evaluate(fillStores);
    expect(await page.evaluate(kept)).toEqual({ local: 1, session: 1, caches: ["pages"], databases: ["answers"] });
    await exit(page).click();
    await expectGone(page, context, neutral);
    await page.goto(new URL(path.help, server.url).href);
    expect(await page.evaluate(kept)).toEqual({ local: 0, session: 0, caches: [], databases: [] });
  });

  test("data stored by the app is wiped: answers, pages and worker", async ({ page, context, scripted, server, neutral }) => {
    const journey = new Journey(page, scripted);
    await journey.open("role");
    await journey.choose("role", "resident");
    await journey.goOnTo("resident_name");
    await page.locator("#full_name").fill(resident.name);
    await journey.goOnTo("tenure");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await expect.poll(() => page.evaluate(kept)).toMatchObject({ databases: ["onrecord"] });
    await exit(page).click();
    await expectGone(page, context, neutral);
    // A page from which storage is inspected; it stores nothing itself.
    await page.goto(new URL(path.help, server.url).href);
    expect(await page.evaluate(kept)).toEqual({ local: 0, session: 0, caches: [], databases: [] });
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  });

  test("scripts store nothing on a shared device", async ({ page, scripted }) => {
    await answerUpTo(page.request);
    await page.goto(path.help);
    await page.evaluate(fillStores);
    await page.goto("/this-phone");
    await page.getByRole("button", { name: say("safe.shared.switch_on") }).click();
    await expect(page.locator("html[data-shared]")).toBeAttached();
    const none = { local: 0, session: 0, caches: [], databases: [] };
    await expect.poll(() => page.evaluate(kept)).toEqual(none);
    const journey = new Journey(page, scripted);
    await journey.open("resident_name");
    await journey.field(say("steps.resident_name.full_name")).focus();
    await expect(page.locator("#full_name")).toHaveAttribute("autocomplete", "off");
    await journey.goOnTo("tenure");
    await journey.open("contact");
    expect(await page.evaluate(kept)).toEqual(none);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  });
});

test("shared device: switched on at the start, shown everywhere, switched off from anywhere", async ({ page, context, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  await journey.open("start");
  await page.getByRole("button", { name: say("safe.shared.switch_on") }).click();
  const note = page.getByRole("banner").getByText(say("safe.shared.on"));
  await expect(note).toBeVisible();
  await axe();
  await page.getByRole("button", { name: say("start.button") }).click();
  await journey.on("role");
  await journey.choose("role", "resident");
  await journey.goOnTo("resident_name");
  await expect(note).toBeVisible();
  // The draft's cookie carries its number in its name.
  const kind = (name: string) => name.split("-")[0];
  await expect.poll(async () => (await context.cookies()).map(({ name, expires }) => [kind(name), expires]).sort()).toEqual([
    ["draft", -1],
    ["shared", -1],
  ]);
  await page.getByRole("contentinfo").getByRole("link", { name: say("safe.shared.link") }).click();
  await expect(page).toHaveTitle(say("form.title", { page: say("safe.shared.title"), service: say("site.name") }));
  await axe();
  await page.getByRole("button", { name: say("safe.shared.switch_off") }).click();
  await journey.on("resident_name");
  await expect(note).toHaveCount(0);
  expect((await context.cookies()).map(({ name }) => kind(name))).toEqual(["draft"]);
});

test("the safety pages in every layout", async ({ page, axe, scripted }) => {
  for (const [name, address] of [
    ["about", "/about-this-site"],
    ["this-phone", "/this-phone"],
    ["start", "/"],
    ["question", path.role],
    ["privacy", "/privacy"],
    ["cookies", "/cookies"],
    ["accessibility", "/accessibility"],
  ]) {
    await page.goto(address);
    for (const [mode, width, media] of [
      ["320", 320, {}],
      ["wide", 1280, {}],
      ["forced", 360, { forcedColors: "active" }],
      ["dark", 360, { colorScheme: "dark" }],
    ] as const) {
      await page.setViewportSize({ width, height: 740 });
      await page.emulateMedia({ forcedColors: "none", colorScheme: "light", ...media });
      // The style sheet is the same without scripts.
      if (scripted || width !== 360) await axe(width === 360 ? "colours" : "all");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wide, `${name} at ${width}`).toBe(0);
      if (scripted) await picture(page, `safety-${name}-${mode}`);
    }
  }
});

test("a focused element is never under the exit button", async ({ page, scripted }) => {
  await answerUpTo(page.request);
  await page.setViewportSize({ width: 320, height: 400 });
  await new Journey(page, scripted).open("check");
  await page.keyboard.press("End");
  for (const direction of ["Shift+Tab", "Tab"]) {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press(direction);
      const covered = await page.evaluate(() => {
        const focused = document.activeElement;
        const button = document.querySelector("#exit button");
        if (!focused || !button || focused === document.body || focused.matches("main, #exit button")) return false;
        const [a, b] = [focused.getBoundingClientRect(), button.getBoundingClientRect()];
        return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top && a.top >= b.top && a.bottom <= b.bottom;
      });
      expect(covered, `after ${presses} of ${direction}`).toBe(false);
    }
  }
});

/** A screenshot of an empty page. */
async function blank(context: BrowserContext): Promise<Buffer> {
  const page = await context.newPage();
  const shown = await page.screenshot();
  await page.close();
  return shown;
}

async function fillStores(): Promise<void> {
  localStorage.setItem("a", "b");
  sessionStorage.setItem("a", "b");
  await (await caches.open("pages")).put("/x", new Response("x"));
  await new Promise<void>((done, fail) => {
    const opening = indexedDB.open("answers", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("draft").put("words", "key");
    // Left open on purpose, so that deletion has to wait.
    opening.onsuccess = () => done();
    opening.onerror = () => fail(opening.error);
  });
}

async function kept(): Promise<object> {
  const names = await indexedDB.databases();
  return { local: localStorage.length, session: sessionStorage.length, caches: await caches.keys(), databases: names.map(({ name }) => name) };
}
