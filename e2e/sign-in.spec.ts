// Getting back to a case: a code by email, a remembered device, and the list of devices that are signed in.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { APIRequestContext } from "@playwright/test";
import { unfold } from "./support/case";
import { picture } from "./support/picture";
import type { Server } from "./support/server";
import { answerUpTo, path, post, resident } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

/** Creates a case whose sender called their email safe, without signing in. Returns the reference and the access code. */
async function aCase(request: APIRequestContext): Promise<{ reference: string; access_code: string }> {
  await answerUpTo(request);
  await post(request, "email_safety", { safe: "yes" });
  await post(request, "declaration", { agreed: "yes" });
  return (await request.get("/api/v1/drafts/current/receipt")).json();
}

/** Returns the code in the message about signing in. Without a mail server, messages are files. */
async function codeFor(server: Server, to: string): Promise<string> {
  const folder = join(server.data, "mail");
  let code: string | undefined;
  await expect
    .poll(async () => {
      const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml"));
      for (const file of files) {
        const text = (await readFile(join(folder, file), "utf8")).replaceAll("=\r\n", "");
        if (!text.includes(`To: ${to}\r\n`)) continue;
        expect(text.slice(0, text.indexOf("\r\n\r\n"))).not.toMatch(/complain|landlord|housing/i);
        code = text.slice(text.indexOf("\r\n\r\n")).match(/\b\d{4} ?\d{4}\b/)?.[0] ?? code;
      }
      return code;
    })
    .toBeTruthy();
  return code as string;
}

test("signing in with a code by email, and signing out everywhere else", async ({ page, context, server, axe, scripted }) => {
  const { reference, access_code } = await aCase(page.request);
  await page.goto(path.sign_in);
  await axe();
  await page.getByRole("link", { name: say("sign_in.by_email") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("sign_in_email.title"));
  await page.getByRole("button", { name: say("sign_in_email.button") }).click();
  await expect(page.getByText(say("form.problem"))).toBeVisible();
  await axe();

  await page.getByLabel(say("sign_in_email.email"), { exact: true }).fill(resident.email);
  await page.getByLabel(say("sign_in_email.reference")).fill(reference.toLowerCase());
  await page.getByRole("button", { name: say("sign_in_email.button") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("sign_in_code.title"));
  await expect(page).not.toHaveURL(/RC-|@|%40/i);
  await axe();
  const field = page.getByLabel(say("sign_in_code.code"));
  await field.fill("0000 0000");
  await page.getByRole("button", { name: say("sign_in.button") }).click();
  await expect(page.getByText(say("form.problem"))).toBeVisible();
  await axe();

  await field.fill(` ${await codeFor(server, resident.email)} `);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: say("sign_in.button") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("case.title", { reference }));
  await axe();
  await unfold(page, "case.told");
  await page.getByRole("link", { name: say("case.as_sent.link") }).click();
  await expect(page.getByText(resident.what_happened.split("\n")[0])).toBeVisible();
  await expect(page.getByText(resident.email)).toBeVisible();
  await picture(page, "as-sent-360");
  await axe();

  // Another person's phone, with the access code from the paper.
  const other = await (
    await context.browser()!.newContext({ baseURL: server.url, javaScriptEnabled: scripted, locale: "en-GB" })
  ).newPage();
  await other.goto(path.sign_in);
  await other.getByLabel(say("sign_in.reference")).fill(reference);
  await other.getByLabel(say("sign_in.access_code")).fill(access_code);
  await other.getByRole("button", { name: say("sign_in.button") }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(say("case.title", { reference }));

  await page.goto("/signed-in-devices");
  await expect(page.getByRole("button", { name: new RegExp(`^${say("devices.end")}`) })).toHaveCount(3);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 740 });
    await picture(page, `signed-in-devices-${width}`);
  }
  await axe();
  await page.getByRole("button", { name: say("devices.end_others") }).click();
  await page.getByRole("button", { name: say("confirmation.end_others.button") }).click();
  await expect(page.getByText(say("devices.done"))).toBeVisible();
  await other.reload();
  await expect(other).toHaveURL((url) => url.pathname === path.sign_in);
  await other.context().close();
  await page.goto(`/cases/${reference}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("case.title", { reference }));
});
