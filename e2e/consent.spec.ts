// A tenant is asked to consent to a representative: by a link in an email, in the tenant's own browser.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { APIRequestContext, Page } from "@playwright/test";
import { unfold } from "./support/case";
import { expectAccessible } from "./support/axe";
import { Journey } from "./support/journey";
import { picture } from "./support/picture";
import { countPosts } from "./support/posts";
import type { Server } from "./support/server";
import { answerUpTo, path, post } from "./support/steps";
import { expect, test } from "./support/test";
import { option, say } from "./support/words";

/** Chromium reports the 404 of a link that opens nothing. */
test.use({ allowedConsole: /status of 404/ });

/** Returns the path of the link sent to an address. Without a mail server, messages are files. */
async function link(server: Server, to: string): Promise<string> {
  const folder = join(server.data, "mail");
  let found: string | undefined;
  await expect
    .poll(async () => {
      const files = (await readdir(folder)).filter((name) => name.endsWith(".eml")).sort();
      const messages = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
      const mine = messages.filter((text) => text.includes(`To: ${to}\r\n`)).map((text) => text.replaceAll("=\r\n", ""));
      found = mine.at(-1)?.match(/http:\/\/[\w.:]+(\/consent\/[\w-]+)/)?.[1];
      return found;
    })
    .toBeTruthy();
  return found as string;
}

/** Sends a complaint for Wren by plain forms, and asks Wren at `email`. Returns the reference and the access code. */
async function sentForWren(request: APIRequestContext, email: string): Promise<[string, string]> {
  await answerUpTo(request);
  await post(request, "role", { role: "representative" });
  await post(request, "representative_why", { why: "permission" });
  await post(request, "representative", { full_name: "Robin Example", connection: "family" });
  await post(request, "authority", { how: "ask_resident" });
  const scopes = await request.post(path.authority_scope, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    data: "scope=see&scope=speak&scope=decide&action=continue",
    maxRedirects: 0,
  });
  expect(scopes.status()).toBe(303);
  await post(request, "ask_resident", { email });
  await post(request, "contact", { email: `robin.${email}`, phone: "01632 960 124" });
  await post(request, "declaration", { agreed: "yes" });
  const receipt = await (await request.get("/api/v1/drafts/current/receipt")).json().catch(() => undefined);
  if (receipt?.reference) return [receipt.reference, receipt.access_code];
  const page = await (await request.get(path.sent)).text();
  const reference = page.match(/RC-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0];
  const code = page.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0];
  expect(reference && code, page).toBeTruthy();
  return [reference as string, code as string];
}

async function signIn(page: Page, reference: string, code: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel(say("sign_in.reference"), { exact: true }).fill(reference);
  await page.getByLabel(say("sign_in.access_code"), { exact: true }).fill(code);
  await page.getByRole("button", { name: say("sign_in.button") }).click();
  await expect(page).toHaveURL(`/cases/${reference}`);
}

/** Expects the page to fit into both widths. */
async function fits(page: Page, name: string): Promise<void> {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 740 });
    await picture(page, `consent-${name}-${width}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  }
}

test("a tenant consents to part of a request, and ends the representation", async ({ page, browser, server, axe, scripted }) => {
  test.slow();
  const email = `${scripted ? "wren" : "wren.still"}@example.org`;
  const [reference, code] = await sentForWren(page.request, email);
  const people = `/cases/${reference}/people`;
  await signIn(page, reference, code);
  await unfold(page, "case.people_and_contact");
  await page.getByRole("link", { name: say("representation.people.link") }).click();
  await expect(page.getByText(say("authority.wait.link.claimant"))).toBeVisible();
  await axe();
  await fits(page, "people-waiting");
  if (scripted) await new Journey(page, scripted).alive();
  const asked = countPosts(page);
  await page.getByLabel(say("representation.ask.email"), { exact: true }).fill("no address");
  await page.getByRole("button", { name: say("representation.ask.button") }).click();
  await expect(page).toHaveTitle(/^Error/);
  expect(asked()).toBe(scripted ? 0 : 1);
  await axe();

  const elsewhere = await browser.newContext({ baseURL: server.url, javaScriptEnabled: scripted, viewport: { width: 360, height: 740 } });
  const wren = await elsewhere.newPage();
  const look = () => expectAccessible(wren, browser, scripted);
  const heading = wren.getByRole("heading", { level: 1 });
  const request = await link(server, email);
  const sentAt = Date.now();
  await wren.goto(request);
  await expect(heading).toHaveText(say("representation.request.heading", { name: "Robin Example" }));
  await expect(wren).toHaveTitle(say("form.title", { page: say("representation.request.title"), service: say("site.name") }));
  await look();
  await fits(wren, "request");
  await wren.getByRole("button", { name: say("representation.answer.button") }).click();
  await expect(wren.getByRole("link", { name: say("errors.consent_answer_missing") })).toBeVisible();
  const openedAt = Date.now();
  await look();
  await wren.getByRole("radio", { name: say("representation.answer.agree.text") }).check();
  await wren.getByRole("checkbox", { name: say("representation.scope.decide") }).uncheck();
  // An answer within 20 seconds of the email or 5 of opening the page may come from a program. Some of that time has passed.
  await wren.waitForTimeout(Math.max(0, sentAt + 22_000 - Date.now(), openedAt + 6_000 - Date.now()));
  await wren.getByRole("button", { name: say("representation.answer.button") }).click();
  await expect(heading).toHaveText(say("representation.answered.agreed.title"));
  await look();
  await fits(wren, "agreed");
  await wren.getByRole("button", { name: say("representation.own.button") }).click();
  await expect(heading).toHaveText(say("representation.way_in.title"));
  await look();
  await fits(wren, "way-in");
  const own = await wren.locator(".or-reference__code").innerText();
  await signIn(wren, reference, own);

  // Robin may act now, with no more than the ticked rights.
  await page.goto(people);
  await expect(page.getByText(say("representation.people.you_may"))).toBeVisible();
  await expect(page.getByText(say("representation.scope.decide"))).toHaveCount(0);
  await axe();

  await wren.goto(people);
  await look();
  await fits(wren, "people");
  await wren.getByRole("link", { name: say("representation.change.link", { name: "Robin Example" }) }).click();
  await look();
  await fits(wren, "change");
  await wren.getByRole("checkbox", { name: say("representation.scope.see") }).uncheck();
  await wren.getByRole("checkbox", { name: say("representation.scope.speak") }).uncheck();
  if (scripted) await new Journey(wren, scripted).alive();
  const changed = countPosts(wren);
  await wren.getByRole("button", { name: say("representation.change.button") }).click();
  await expect(wren.getByRole("link", { name: say("errors.consent_scope_missing") })).toBeVisible();
  expect(changed()).toBe(scripted ? 0 : 1);
  await look();
  await wren.goto(people);
  await wren.getByRole("button", { name: say("representation.end.button", { name: "Robin Example" }) }).click();
  await expect(heading).toHaveText(say("confirmation.end.title", { name: "Robin Example" }));
  await look();
  await wren.getByRole("button", { name: say("confirmation.end.button") }).click();
  await expect(wren.getByText(say("representation.said.ended"))).toBeVisible();
  await look();

  // Robin's page stayed open meanwhile: it ends at the next click.
  await page.getByRole("link", { name: say("site.back") }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/sign-in");
  await wren.goto(`${request}x`);
  await expect(heading).toHaveText(say("representation.nothing.title"));
  await look();
  await elsewhere.close();
});

test("a person joins a case with a code", async ({ page, axe }) => {
  await page.goto("/join");
  await axe();
  await fits(page, "join");
  await page.getByRole("textbox", { name: say("representation.join.code"), exact: true }).fill("7K3-M92-QFM");
  await page.getByRole("button", { name: say("representation.join.button") }).click();
  await expect(page.getByRole("link", { name: say("errors.your_name_missing") })).toBeVisible();
  await axe();
  await page.getByLabel(say("representation.join.name"), { exact: true }).fill("Sam Example");
  await page.getByRole("radio", { name: option("representative", "connection", "friend") }).check();
  await page.getByRole("button", { name: say("representation.join.button") }).click();
  await expect(page.getByRole("link", { name: say("errors.join_code_unknown") })).toBeVisible();
  await axe();
});

test("a bounced email is reported, and the tenant is asked at another address", async ({ page, server, axe, scripted }) => {
  const email = `${scripted ? "wrong" : "wrong.still"}@example.org`;
  const [reference, code] = await sentForWren(page.request, email);
  await link(server, email);
  const folder = join(server.data, "mail");
  const messages = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  const message = messages.find((text) => text.includes(`To: ${email}\r\n`))?.match(/Message-ID: (<[^>]+>)/)?.[1];
  const key = (await server.command("keys", "add", "--name", `Mail of ${reference}`, "--scope", "desk")).trim();
  const headers = { authorization: `Bearer ${key}` };
  // The file of the message may exist before the server has recorded that it was sent.
  await expect(async () => {
    const told = await page.request.post("/api/v1/desk/bounces", { headers, data: { message, reason: "5.1.1" } });
    expect(told.status()).toBe(204);
    await signIn(page, reference, code);
    await page.goto(`/cases/${reference}/people`);
    await expect(page.getByText(say("authority.wait.came_back.claimant", { document: say("authority.document.signed_consent") }))).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await axe();
  await fits(page, "came-back");
  await page.getByRole("button", { name: say("representation.ask.button") }).click();
  await expect(page.getByRole("link", { name: say("errors.consent_email_came_back") })).toBeVisible();
  await axe();
  await page.getByLabel(say("representation.ask.email_needed"), { exact: true }).fill(`right.${email}`);
  await page.getByRole("button", { name: say("representation.ask.button") }).click();
  await expect(page.getByText(say("representation.said.asked"))).toBeVisible();
  await expect(page.getByText(say("authority.wait.link.claimant"))).toBeVisible();
  await axe();
  expect(await link(server, `right.${email}`)).toBeTruthy();
  await page.goto(`/cases/${reference}`);
  await unfold(page, "case.timeline");
  await expect(page.getByText(say("timeline.consent_request_bounced_representative"))).toBeVisible();
});
