// A participant changes their contact plan: a code goes to the contact method that was safe before.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { unfold } from "./support/case";
import { Journey } from "./support/journey";
import { picture } from "./support/picture";
import { countPosts } from "./support/posts";
import type { Server } from "./support/server";
import { answerUpTo, path, post } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

/** Returns the newest code in the messages to an address. Without a mail server, messages are files. */
async function codeFor(server: Server, to: string): Promise<string> {
  const folder = join(server.data, "mail");
  let code: string | undefined;
  await expect
    .poll(async () => {
      const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml")).sort();
      for (const file of files) {
        const text = (await readFile(join(folder, file), "utf8")).replaceAll("=\r\n", "");
        if (!text.includes(`To: ${to}\r\n`)) continue;
        expect(text.slice(0, text.indexOf("\r\n\r\n"))).not.toMatch(/complain|landlord|housing/i);
        code = text.slice(text.indexOf("\r\n\r\n")).match(/\b\d{4} \d{4}\b/)?.[0] ?? code;
      }
      return code;
    })
    .toBeTruthy();
  return code as string;
}

async function fits(page: Page, name: string, axe: () => Promise<void>): Promise<void> {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await picture(page, `contact-${name}-${width}`);
  }
  await axe();
}

test("a new email address is confirmed by a code to the old one", async ({ page, server, axe, scripted }) => {
  const [old, next] = ["old", "new"].map((name) => `wren.${name}.${scripted ? "a" : "b"}@example.org`);
  await answerUpTo(page.request);
  await post(page.request, "contact", { email: old, phone: "01632 960 123" });
  await post(page.request, "email_safety", { safe: "yes" });
  await post(page.request, "declaration", { agreed: "yes" });
  const receipt = await (await page.request.get("/api/v1/drafts/current/receipt")).json();
  await post(page.request, "sign_in", { reference: receipt.reference, access_code: receipt.access_code });
  await page.goto(`/cases/${receipt.reference}`);
  await unfold(page, "case.people_and_contact");
  await page.getByRole("link", { name: say("contact.link") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("contact.title"));
  await fits(page, "plan", axe);

  const email = page.getByLabel(say("steps.contact.email"), { exact: true });
  await email.fill("wren");
  await page.getByRole("button", { name: say("contact.button"), exact: true }).click();
  await expect(page.getByText(say("form.problem"))).toBeVisible();
  await expect(email).toHaveValue("wren");
  await fits(page, "wrong", axe);

  await email.fill(next);
  const group = (legend: string) => page.getByRole("group", { name: legend });
  const yes = say("options.yes.text");
  await group(say("steps.email_safety.safe")).getByLabel(yes, { exact: true }).check();
  for (const legend of ["steps.phone_safety.safe", "steps.phone_safety.message", "steps.post_safety.safe"]) {
    await group(say(legend)).getByLabel(say("options.no.text"), { exact: true }).check();
  }
  await group(say("steps.contact_choice.way")).getByLabel(say("steps.contact_choice.way_options.email.text"), { exact: true }).check();
  await page.getByRole("button", { name: say("contact.button"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("sign_in_code.title"));
  await fits(page, "code", axe);
  const code = page.getByLabel(say("sign_in_code.code"));
  if (scripted) await new Journey(page, scripted).alive();
  const sent = countPosts(page);
  await code.fill("0000");
  await page.getByRole("button", { name: say("contact.code.button") }).click();
  await expect(page.getByText(say("form.problem"))).toBeVisible();
  await expect(page.getByRole("link", { name: say("errors.email_code_shape") })).toBeVisible();
  expect(sent()).toBe(scripted ? 0 : 1);

  await code.fill("0000 0000");
  await page.getByRole("button", { name: say("contact.code.button") }).click();
  await expect(page.getByRole("link", { name: say("errors.email_code_failed") })).toBeVisible();
  await axe();

  await code.fill(` ${await codeFor(server, old)} `);
  await page.getByRole("button", { name: say("contact.code.button") }).click();
  await expect(page.getByText(say("contact.said.confirmed"))).toBeVisible();
  await expect(page.getByText(next)).toBeVisible();
  await expect(page.getByText(old)).toHaveCount(0);
  await axe();
});

test("a way that is not safe is not offered as the best way", async ({ page, axe }) => {
  await answerUpTo(page.request);
  await post(page.request, "contact", { email: "wren@example.org", phone: "01632 960 123" });
  await post(page.request, "email_safety", { safe: "yes" });
  await post(page.request, "contact_choice", { way: "email" });
  await post(page.request, "email_safety", { safe: "no" });
  await post(page.request, "phone_safety", { safe: "no", message: "no" });
  await page.goto(path.tasks);
  await page.getByRole("link", { name: say("steps.post_safety.short"), exact: true }).click();
  await page.getByRole("radio", { name: say("options.no.text"), exact: true }).check();
  await page.getByRole("button", { name: say("form.continue") }).click();
  await page.getByRole("link", { name: say("steps.contact_choice.short"), exact: true }).click();
  await expect(page.getByText(say("steps.contact_choice.way_hint"))).toBeVisible();
  const ways = page.getByRole("group", { name: say("steps.contact_choice.way"), exact: true }).getByRole("radio");
  await expect(ways).toHaveCount(1);
  await expect(ways).not.toBeChecked();
  await expect(ways).toHaveValue("online");
  await fits(page, "best-way", axe);
});
