// Saving a draft on one phone and resuming it on another: by a link in an email, and by a code.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { Journey } from "./support/journey";
import { photo } from "./support/files";
import { picture } from "./support/picture";
import type { Server } from "./support/server";
import { answerUpTo, path, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { pattern, say } from "./support/words";

const later = "/save-and-return";
const tasks = "/complaint/tasks";

/** Chromium reports the 404 of a link that no longer opens anything. */
test.use({ allowedConsole: /status of 404/ });

/** Returns the path of the link in the newest message to an address. Without a mail server, messages are files. */
async function link(server: Server, to: string): Promise<string> {
  const folder = join(server.data, "mail");
  let found: string | undefined;
  await expect
    .poll(async () => {
      const files = (await readdir(folder)).filter((name) => name.endsWith(".eml")).sort();
      const messages = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
      const mine = messages.filter((text) => text.includes(`To: ${to}\r\n`)).map((text) => text.replaceAll("=\r\n", ""));
      for (const text of mine) {
        const head = text.slice(0, text.indexOf("\r\n\r\n"));
        expect(head).toContain(`Subject: ${say("message.subject")}\r\n`);
        expect(head).not.toMatch(/complain|landlord|housing/i);
      }
      found = mine.at(-1)?.match(/http:\/\/[\w.:]+(\/return\/[\w-]+)/)?.[1];
      return found;
    })
    .toBeTruthy();
  return found as string;
}

/** Opens a separate browser context on the same server. */
async function elsewhere(context: BrowserContext, server: Server, scripted: boolean): Promise<Page> {
  const other = await context.browser()!.newContext({
    baseURL: server.url,
    javaScriptEnabled: scripted,
    viewport: { width: 360, height: 740 },
    locale: "en-GB",
  });
  return other.newPage();
}

/** Answers everything before the complaint's stage, and uploads a photo. */
async function begun(page: Page): Promise<void> {
  await answerUpTo(page.request, "stage");
  const answer = await page.request.post(path.evidence, { multipart: { files: photo(), action: "upload" }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
}

test("resuming by a link in an email", async ({ page, context, server, axe, scripted }) => {
  const email = `${scripted ? "wren" : "robin"}.returns@example.org`;
  await begun(page);
  const journey = new Journey(page, scripted);
  await journey.open("stage");
  await axe();
  await page.locator("#leave").getByText(say("save_and_resume.title")).click();
  await expect(page).toHaveURL((url) => url.pathname === later);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("save_and_resume.title"));
  await expect(page).toHaveTitle(say("form.title", { page: say("save_and_resume.title"), service: say("site.name") }));
  await expect(page.getByText(pattern("save_and_resume.kept"))).toBeVisible();
  await expect(page.getByRole("button", { name: say("save_and_resume.stop.button") })).toHaveCount(0);
  await axe();

  const field = page.getByLabel(say("save_and_resume.email.label"), { exact: true });
  await expect(field).toHaveValue(resident.email);
  await field.fill("wren.example.org");
  await page.getByRole("button", { name: say("save_and_resume.email.button") }).click();
  await journey.expectErrors([{ id: "email", message: say("errors.email_not_plausible") }]);
  await expect(field).toHaveValue("wren.example.org");
  await axe();
  await field.fill(email);
  await page.getByRole("button", { name: say("save_and_resume.email.button") }).click();
  await expect(page.getByRole("alert")).toContainText(say("save_and_resume.said.email"));
  expect(page.url()).not.toContain("example.org");
  await axe();

  const address = await link(server, email);
  const tablet = await elsewhere(context, server, scripted);
  // A mail program opens links; that changes nothing.
  for (let looks = 0; looks < 2; looks++) {
    const looked = await tablet.request.get(address);
    expect([looked.status(), looked.headers()["set-cookie"]]).toEqual([200, undefined]);
  }
  await tablet.goto(address);
  await expect(tablet.getByRole("heading", { level: 1 })).toHaveText(say("resume.title"));
  await expect(tablet).toHaveTitle(say("form.title", { page: say("resume.title"), service: say("site.name") }));
  await tablet.getByRole("button", { name: say("resume.open") }).click();
  const there = new Journey(tablet, scripted);
  await expect(tablet).toHaveURL((url) => url.pathname === tasks);
  await there.open("resident_name");
  await expect(tablet.locator("#full_name")).toHaveValue(resident.name);
  await there.open("evidence");
  await expect(tablet.getByText(photo().name).first()).toBeVisible();
  // Answers saved there are shown here.
  await there.open("resident_name");
  await tablet.locator("#full_name").fill("Wren A. Example");
  await there.goOn();
  await expect(tablet).not.toHaveURL((url) => url.pathname === path.resident_name);
  if (scripted) await expect(tablet.locator(".or-save-status")).toHaveText(new RegExp(say("offline.saved.here", { time: "\\d\\d:\\d\\d" })));
  await journey.open("resident_name");
  await expect(page.locator("#full_name")).toHaveValue("Wren A. Example");

  // The devices on which the draft is open; it is closed on one of them.
  await page.goto(later);
  await page.getByRole("link", { name: say("open_devices.link") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("open_devices.title"));
  await expect(page.locator(".or-file-list__item")).toHaveCount(2);
  await expect(page.getByText(pattern("open_devices.by.link"))).toBeVisible();
  await axe();
  await page.getByRole("button", { name: say("open_devices.end_others") }).click();
  await expect(page.getByRole("status").filter({ hasText: say("open_devices.done") })).toBeVisible();
  await expect(page.locator(".or-file-list__item")).toHaveCount(1);
  await axe();
  await tablet.goto(tasks);
  await expect(tablet).toHaveURL((url) => url.pathname === "/closed-here");
  await expect(tablet.getByRole("heading", { level: 1 })).toHaveText(say("closed_here.title"));
  await page.request.post(later, { form: { email, action: "email" } });

  // After the links are revoked, a link opens nothing, wherever it is tried.
  await page.goto(later);
  await page.getByRole("button", { name: say("save_and_resume.stop.button") }).click();
  await expect(page.getByRole("alert")).toContainText(say("save_and_resume.said.stop"));
  await axe();
  await page.context().clearCookies();
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("resume.ended.title"));
  await axe();
  await tablet.context().close();
});

test("resuming by a code that is read out", async ({ page, context, server, axe, scripted }) => {
  const phone = await elsewhere(context, server, scripted);
  await begun(phone);
  await phone.goto(later);
  await phone.getByRole("button", { name: say("save_and_resume.code.button") }).click();
  const code = (await phone.getByRole("status", { name: say("save_and_resume.code.label") }).innerText()).trim();
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{3}-){2}[0-9A-HJKMNP-TV-Z]{3}$/);

  await page.goto("/");
  await page.getByRole("link", { name: say("start.elsewhere") }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/return");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("resume.title"));
  await axe();
  const journey = new Journey(page, scripted);
  const open = page.getByRole("button", { name: say("resume.code.go_on") });
  const field = page.getByLabel(say("resume.code.label"), { exact: true });
  await open.click();
  await journey.expectErrors([{ id: "code", message: say("errors.return_code_missing") }]);
  await field.fill("000-000-000");
  await open.click();
  await journey.expectErrors([{ id: "code", message: say("errors.return_code_unknown") }]);
  await expect(field).toHaveValue("000-000-000");
  await axe();
  await field.fill(code.toLowerCase().replaceAll("-", " "));
  await open.click();
  // The page says which draft it is, and asks before opening it.
  await expect(page.getByText(resident.landlord)).toBeVisible();
  await expect(page.getByText(say("resume.not_yours"))).toBeVisible();
  await axe();
  await page.getByRole("button", { name: say("resume.open") }).click();
  await expect(page).toHaveURL((url) => url.pathname === tasks);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("tasks.heading"));

  await phone.context().close();
});

test("resuming on a narrow screen, with large text, with forced colours", async ({ page, axe }) => {
  await begun(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.request.post(later, { form: { email: "wren@example.org", action: "email" } });
  for (const [name, address] of [
    ["later", `${later}?done=email`],
    ["devices", "/open-devices"],
    ["return", "/return"],
    ["ended", "/return/nonsense"],
    ["stage", path.stage],
  ]) {
    await page.goto(address);
    for (const forcedColors of ["active", "none"] as const) {
      await page.emulateMedia({ forcedColors });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, address).toBeLessThanOrEqual(320);
      await picture(page, `return-${name}-${forcedColors}`);
    }
    await axe();
  }
});
