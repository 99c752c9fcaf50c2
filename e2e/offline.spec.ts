// Without a connection every page opens, checks and stores answers, and Send waits for a connection. The result is exactly one complaint.

import type { BrowserContext, Locator, Page } from "@playwright/test";
import { unfold } from "./support/case";
import { Journey } from "./support/journey";
import { path, resident, type Step } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "without scripts the browser itself says that there is no connection");
// The second of two tabs with an answer gets a 412, which Chromium writes to its console.
test.use({ allowedConsole: /net::ERR_|status of 412/ });

const hereOnly = say("offline.saved.here_only");
const here = new RegExp(`^${say("offline.saved.here", { time: "\\d\\d:\\d\\d" })}$`);

/** The status line that says what is saved where. */
const status = (page: Page): Locator => page.locator(".or-save-status");

/** Waits until the service worker has stored everything. */
async function ready(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
}

/** Returns everything stored on the device, as text. */
async function onPhone(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    if (!names.includes("onrecord")) return "";
    const database = await new Promise<IDBDatabase>((done, failed) => {
      const asked = indexedDB.open("onrecord");
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    const values = await new Promise<unknown[]>((done) => {
      if (!database.objectStoreNames.contains("kept")) return done([]);
      const asked = database.transaction("kept").objectStore("kept").getAll();
      asked.onsuccess = () => done(asked.result);
    });
    database.close();
    return values.length === 0 ? "" : JSON.stringify(values);
  });
}

/** Returns everything that the service worker has stored: addresses and texts. */
async function cached(page: Page): Promise<{ addresses: string[]; text: string; caches: string[] }> {
  return page.evaluate(async () => {
    const names = await caches.keys();
    const addresses: string[] = [];
    let text = "";
    for (const name of names) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        addresses.push(new URL(request.url).pathname);
        text += await (await cache.match(request))!.text();
      }
    }
    return { addresses, text, caches: names };
  });
}

const story = "The bathroom wall has been wet since January.";

/** The resident's answers, by field: enough to send the complaint. */
const answers: [Step, Record<string, string>][] = [
  ["role", { role: "resident" }],
  ["resident_name", { full_name: resident.name }],
  ["home_address", { line_1: resident.line_1, town: resident.town, postcode: resident.postcode }],
  ["contact", { email: resident.email }],
  ["landlord", { name: resident.landlord }],
  ["stage", { stage: "not_complained" }],
  ["category", { category: "asb" }],
  ["what_happened", { what_happened: story }],
  ["put_right", { put_right: resident.put_right }],
];

/** Fills in a page and selects Continue, which leads to another page. */
async function fillIn(journey: Journey, step: Step): Promise<void> {
  const { page } = journey;
  for (const [name, value] of Object.entries(answers.find(([s]) => s === step)![1])) {
    const radio = page.locator(`input[name="${name}"][value="${value}"]`);
    if ((await radio.count()) > 0) await radio.check();
    else await page.locator(`[name="${name}"]`).fill(value);
  }
  if (step === "contact") await page.locator('input[name="email_safe"][value="no"]').check();
  await journey.goOn();
  await expect(page).not.toHaveURL((url) => url.pathname === path[step]);
  // Until then the browser asks a person who leaves whether they want to.
  await expect(page.locator("html[data-unwritten]")).toHaveCount(0);
}

/** Opens each page by its address and fills it in. */
async function fillInAll(journey: Journey, ...steps: Step[]): Promise<void> {
  for (const step of steps) {
    await journey.open(step);
    await fillIn(journey, step);
  }
}

/** Saves the answers before a question over the REST API, for the draft of this page. */
async function saveUpTo(page: Page, until?: Step): Promise<void> {
  const { id } = await (await page.request.post("/api/v1/drafts")).json();
  for (const [step, data] of answers) {
    if (step === until) return;
    const saved = await page.request.put(`/api/v1/drafts/${id}/answers/${step}`, { data });
    expect(saved.status(), `${step}: ${await saved.text()}`).toBe(200);
  }
}

async function agreeAndSend(journey: Journey): Promise<void> {
  await journey.page.locator('input[name="agreed"]').check();
  await journey.send();
}

async function notSentYet(of: Page): Promise<void> {
  await expect(of.getByRole("heading", { level: 1 })).toHaveText(say("offline.queued.title"));
  await expect(of.getByText(say("offline.queued.text"))).toBeVisible();
}

/** The number of cases that the server has got since the test began. */
const counting = test.extend<{ cases: () => Promise<number> }>({
  cases: async ({ server }, use) => {
    const all = async () => ((await server.command("case", "list")).match(/RC-/g) ?? []).length;
    const before = await all();
    await use(async () => (await all()) - before);
  },
});

counting("from the third page to Send without a connection, with reloads: one complaint", async ({ page, context, cases, axe, scripted }) => {
  test.setTimeout(120_000);
  const journey = new Journey(page, scripted);
  await fillInAll(journey, "role", "resident_name");
  await expect(status(page)).toHaveText(here);
  await ready(page);

  await context.setOffline(true);
  await fillInAll(journey, "home_address", "contact", "landlord", "stage", "category");
  await expect(status(page)).toHaveText(hereOnly);
  await axe();
  await journey.open("what_happened");
  // The rules are checked as with a connection.
  await journey.goOn();
  await expect(page.locator("#error-summary")).toBeFocused();

  await page.reload();
  await journey.on("what_happened");
  await journey.open("resident_name");
  await expect(page.locator("#full_name")).toHaveValue(resident.name);
  await journey.open("home_address");
  await expect(page.locator("#postcode")).toHaveValue(resident.postcode);
  await fillInAll(journey, "what_happened", "put_right");
  await journey.open("check");
  await expect(page.getByText(story)).toBeVisible();
  await journey.open("declaration");
  await agreeAndSend(journey);
  await notSentYet(page);
  await axe();

  await page.reload();
  await notSentYet(page);
  await page.goto("/help");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("offline.page.title"));
  await axe();
  await page.getByRole("button", { name: say("offline.page.go_on") }).click();
  await notSentYet(page);
  expect(await cases()).toBe(0);

  await context.setOffline(false);
  const { reference, code } = await journey.receipt();
  expect(await cases()).toBe(1);
  await expect.poll(() => onPhone(page)).toBe("");
  await page.goto(path.sign_in);
  await journey.signIn(reference, code);
  await unfold(page, "case.told");
  await expect(page.getByText(resident.landlord).first()).toBeVisible();
});

counting("a tab dies with a queued complaint: the next tab sends it, and two tabs send it once", async ({ page, context, cases, scripted }) => {
  test.setTimeout(120_000);
  const journey = new Journey(page, scripted);
  await saveUpTo(page);
  await journey.open("declaration");
  await ready(page);
  await context.setOffline(true);
  await agreeAndSend(journey);
  await notSentYet(page);
  await page.close();

  const [one, two] = [await context.newPage(), await context.newPage()];
  await one.goto(path.check);
  await two.goto(path.put_right);
  await notSentYet(one);
  await notSentYet(two);
  await context.setOffline(false);
  const first = await new Journey(one, scripted).receipt();
  expect(await new Journey(two, scripted).receipt()).toEqual(first);
  expect(await cases()).toBe(1);
  await one.reload();
  expect(await new Journey(one, scripted).receipt()).toEqual(first);
});

counting("the connection breaks off after the complaint arrived: one complaint, one receipt", async ({ page, context, cases, scripted }) => {
  test.setTimeout(90_000);
  const journey = new Journey(page, scripted);
  await saveUpTo(page);
  await journey.open("declaration");
  await ready(page);
  await page.route("**/submission", async (route) => {
    await route.fetch();
    await route.abort("internetdisconnected");
  });
  await agreeAndSend(journey);
  await notSentYet(page);
  expect(await cases()).toBe(1);
  await page.close();

  // The next page knows only that the complaint was being sent.
  await context.setOffline(true);
  const next = await context.newPage();
  await next.goto(path.check);
  await notSentYet(next);
  await context.setOffline(false);
  await new Journey(next, scripted).receipt();
  expect(await cases()).toBe(1);
});

test.describe(() => {
  // The server has no such draft, and Chromium writes that to its console.
  test.use({ allowedConsole: /net::ERR_|status of 40[14]/ });

  counting("the draft is gone and the complaint may have arrived: it is not sent again by itself", async ({ page, context, cases, axe, scripted }) => {
    const journey = new Journey(page, scripted);
    await saveUpTo(page);
    await journey.open("declaration");
    await page.route("**/submission", async (route) => {
      await route.fetch();
      await context.clearCookies();
      await route.abort("internetdisconnected");
    });
    await agreeAndSend(journey);
    await notSentYet(page);
    await page.unroute("**/submission");
    await page.getByRole("button", { name: say("offline.try_now") }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("offline.unknown.title"));
    await axe();
    expect(await cases()).toBe(1);
    await page.getByRole("link", { name: say("offline.change") }).click();
    await journey.on("check");
  });
});

test.describe(() => {
  // The app asks whether the server has a draft. It has none, and Chromium writes that to its console.
  test.use({ allowedConsole: /net::ERR_|status of 4(04|12)/ });

  counting("a draft begun without a connection, in two tabs, becomes one draft", async ({ page, context, cases, scripted }) => {
    test.setTimeout(120_000);
    await page.goto("/");
    await ready(page);
    await context.setOffline(true);
    await page.goto(path.start);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("offline.page.title"));
    const journey = new Journey(page, scripted);
    await fillInAll(journey, "role", "resident_name");
    const other = await context.newPage();
    await fillInAll(new Journey(other, scripted), "landlord", "stage");
    await fillInAll(journey, "home_address", "contact");

    const made: string[] = [];
    context.on("response", (response) => {
      if (response.request().method() === "POST" && new URL(response.url()).pathname === "/api/v1/drafts") made.push(response.url());
    });
    await context.setOffline(false);
    for (const of of [page, other]) await expect(status(of)).toHaveText(here, { timeout: 30_000 });
    expect(made).toHaveLength(1);
    await other.close();
    await page.reload();
    await fillInAll(journey, "category", "what_happened", "put_right");
    await journey.open("declaration");
    await agreeAndSend(journey);
    await journey.receipt();
    expect(await cases()).toBe(1);
  });
});

test("an answer that the phone could not write is in its field again", async ({ page, context, scripted }) => {
  await page.goto("/");
  await ready(page);
  await context.setOffline(true);
  const journey = new Journey(page, scripted);
  await fillInAll(journey, "role", "resident_name");
  await journey.open("home_address");
  await page.evaluate(() => { IDBDatabase.prototype.transaction = () => { throw new Error("the disk is full"); }; });
  await page.locator("#line_1").fill("Flat 4, 12 Example Street");
  await page.locator("#town").fill("Exampletown");
  await page.locator("#postcode").fill("M1 1AE");
  await journey.goOn();
  await expect(page).not.toHaveURL((url) => url.pathname === path.home_address);
  await page.close({ runBeforeUnload: false });

  const next = await context.newPage();
  await new Journey(next, scripted).open("home_address");
  await expect(next.locator("#line_1")).toHaveValue("Flat 4, 12 Example Street");
  await expect(next.locator("#postcode")).toHaveValue("M1 1AE");
});

test("the next page saves the answers of a tab that died", async ({ page, context, scripted }) => {
  const journey = new Journey(page, scripted);
  await saveUpTo(page, "landlord");
  await journey.open("landlord");
  await page.route("**/api/**", (route) => route.abort());
  await page.locator("#name").fill("Another Example Homes");
  await journey.goOn();
  await expect(status(page)).toHaveText(hereOnly);
  await page.close({ runBeforeUnload: false });

  const next = await context.newPage();
  const after = new Journey(next, scripted);
  await after.open("landlord");
  await expect(next.locator("#name")).toHaveValue("Another Example Homes");
  await expect(status(next)).toHaveText(here);
  const draft = await (await next.request.get("/api/v1/drafts/current")).json();
  expect(draft.answers.landlord.name).toBe("Another Example Homes");
});

test("answers about the person's safety are never stored on the device", async ({ page, context, scripted }) => {
  const secret = "My neighbour waits for me at the stairs.";
  const journey = new Journey(page, scripted);
  await saveUpTo(page);
  await journey.open("role");
  await ready(page);
  const keepingSafe = () => journey.open("needs");
  await keepingSafe();
  await page.locator('[name="at_risk"][value="yes"]').check();
  await page.locator('[name="risk_details"]').fill(secret);
  await journey.goOn();
  await expect(page).not.toHaveURL((url) => url.pathname === path.needs);
  await expect(status(page)).toHaveText(here);
  await keepingSafe();
  await expect(page.locator('[name="risk_details"]')).toHaveValue(secret);
  expect(await onPhone(page)).toContain(resident.name);
  expect(await onPhone(page)).not.toContain(secret);

  // Nor while the server does not have it yet: only the page has it, and says that it is not saved.
  await context.setOffline(true);
  await page.locator('[name="risk_details"]').fill(`${secret} Every day.`);
  await journey.goOn();
  await expect(status(page)).toHaveText(say("save.waiting"));
  expect(await onPhone(page)).not.toContain(secret);
  await context.setOffline(false);
  await expect(status(page)).toHaveText(here);
  expect((await (await page.request.get("/api/v1/drafts/current")).json()).answers.risk.details).toContain("Every day.");
  expect(await onPhone(page)).not.toContain(secret);
});

test("the worker stores no personal data, and starting again leaves nothing on the device", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await fillInAll(journey, "role", "resident_name");
  await expect(status(page)).toHaveText(here);
  await ready(page);
  await journey.open("resident_name");
  const kept = await cached(page);
  expect(kept.caches).toHaveLength(1);
  expect(kept.addresses.filter((address) => !address.startsWith("/assets/")).sort()).toEqual(["/complaint/offline-shell", "/no-connection"]);
  expect(kept.text).not.toContain(resident.name);
  expect(await onPhone(page)).toContain(resident.name);

  await page.goto("/");
  await page.getByRole("button", { name: say("start.again") }).click();
  await expect(page.getByRole("button", { name: say("start.button") })).toBeVisible();
  await expect.poll(() => onPhone(page)).toBe("");
  await journey.open("role");
  await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
});

test("a new version of the worker replaces the one before", async ({ page, context, scripted }) => {
  const journey = new Journey(page, scripted);
  await journey.open("role");
  await ready(page);
  const before = await cached(page);
  const asked: string[] = [];
  context.on("request", (request) => asked.push(new URL(request.url()).pathname));
  // Another language has other sentences and another shell, which makes another version.
  await page.request.post("/language", { form: { language: "cy", back: path.role } });
  await page.reload();
  await expect.poll(async () => (await cached(page)).caches).not.toEqual(before.caches);
  await expect.poll(async () => (await cached(page)).addresses.length).toBe(before.addresses.length);
  const after = await cached(page);
  expect(after.caches).toHaveLength(1);
  expect(after.addresses.some((address) => address.includes("text-cy"))).toBe(true);
  expect(asked.filter((address) => address.endsWith(".wasm")), "what is the same is not fetched again").toEqual([]);
  await context.setOffline(true);
  await page.reload();
  await journey.alive();
  await expect(page.locator("html")).toHaveAttribute("lang", "cy");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a shared device stores nothing", async ({ page, scripted }) => {
  const journey = new Journey(page, scripted);
  await fillInAll(journey, "role");
  await expect(status(page)).toHaveText(here);
  await ready(page);
  await page.route(/\/complaint\//, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace("<html ", '<html data-shared="" ') });
  });
  // Without the service worker, as on the next visit once it is gone.
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.unregister());
  await page.goto(path.resident_name);
  await journey.alive();
  await fillIn(journey, "resident_name");
  await expect(status(page)).toHaveText(new RegExp(`^${say("save.saved", { time: "\\d\\d:\\d\\d" })}$`));
  expect(await onPhone(page)).toBe("");
  expect((await cached(page)).caches).toEqual([]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});
