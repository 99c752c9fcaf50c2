// The upload queue: several files at once, through interruptions, closed tabs and Send.

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page, Route } from "@playwright/test";
import { unfold } from "./support/case";
import { letter, photo, program, type Upload } from "./support/files";
import { Journey } from "./support/journey";
import { answerUpTo, path } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test.skip(({ scripted }) => !scripted, "without scripts files go with the form: resident.spec.ts, bad-input.spec.ts");
// Refused files, and a connection that is cut on purpose, appear in Chromium's console.
test.use({ allowedConsole: /status of 4(13|15|22)|ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_NETWORK/ });

/** A photo of so many bytes, too large for one part. */
function heavy(name: string, bytes: number): Upload {
  const buffer = randomBytes(bytes);
  photo().buffer.copy(buffer);
  return { name, mimeType: "image/png", buffer };
}

/** Holds back the parts of files until they are released. */
class Held {
  readonly routes: Route[] = [];
  /** The upload and the offset of each part that was sent. */
  readonly parts: { upload: string; offset: number }[] = [];
  open = false;
  /** Whether the first part of each file is let through all the same. */
  firstOnes = false;

  static async on(context: BrowserContext): Promise<Held> {
    const held = new Held();
    await context.route("**/api/v1/uploads/*", async (route) => {
      if (route.request().method() !== "PATCH") return route.continue();
      const part = { upload: route.request().url(), offset: Number(route.request().headers()["upload-offset"]) };
      held.parts.push(part);
      if (held.open || (held.firstOnes && part.offset === 0)) return route.continue().catch(() => {});
      held.routes.push(route);
    });
    return held;
  }

  async release(): Promise<void> {
    this.open = true;
    for (const route of this.routes.splice(0)) await route.continue().catch(() => {});
  }
}

const choose = (page: Page, files: Upload[]) => page.getByLabel(say("files.add"), { exact: true }).setInputFiles(files);
const queued = (page: Page) => page.getByRole("list", { name: say("upload_progress.sending") }).getByRole("listitem");
const yours = (page: Page) => page.getByRole("list", { name: say("files.yours"), exact: true }).getByRole("listitem");
const count = (page: Page, here: number, all: number) =>
  expect(page.getByRole("status").filter({ hasText: say(all === 1 ? "upload_progress.received_one" : "upload_progress.received", { here, all }) })).toBeVisible({ timeout: 20_000 });
const sha256 = ({ buffer }: Upload) => createHash("sha256").update(buffer).digest("hex");

type WithUs = { id: string; filename: string; sha256: string };
const withUs = async (page: Page): Promise<WithUs[]> => (await page.request.get("/api/v1/drafts/current").then((answer) => answer.json())).files;
/** Expects the server to have all files, byte for byte. */
async function expectWhole(page: Page, files: Upload[]): Promise<void> {
  await expect.poll(async () => (await withUs(page)).length, { timeout: 30_000 }).toBe(files.length);
  for (const { id, filename } of await withUs(page)) {
    const shown = (await page.request.get(`/api/v1/uploads/${id}`).then((answer) => answer.json())) as WithUs;
    expect(shown.sha256, filename).toBe(sha256(files.find(({ name }) => name === filename)!));
  }
}

test("several files at once: two being sent, one refused, one cancelled by keyboard", async ({ page, context, axe }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  await journey.open("evidence");
  const files = [photo("a.png"), letter("b.pdf"), photo("c.png"), letter("d.pdf")];
  await choose(page, [...files.slice(0, 2), program("exe"), ...files.slice(2)]);
  await expect(queued(page)).toHaveCount(5);
  await expect(queued(page).nth(1)).toContainText(`b.pdf${say("files.kilobytes", { number: 1 })}. ${say("upload_progress.waiting")}`);
  await expect(queued(page).first().getByRole("progressbar", { name: say("upload_progress.progress", { name: "a.png" }) })).toBeVisible();
  await expect(queued(page).first().locator("canvas")).toBeVisible();
  await expect.poll(() => held.routes.length).toBe(2);
  await axe();
  await page.waitForTimeout(700);
  expect(held.routes, "two at a time").toHaveLength(2);

  const cancel = page.getByRole("button", { name: `${say("upload_progress.cancel")} d.pdf` });
  await cancel.focus();
  await page.keyboard.press("Enter");
  await expect(queued(page)).toHaveCount(4);
  await expect(page.getByRole("button", { name: `${say("upload_progress.cancel")} c.png` })).toBeFocused();
  await held.release();
  await expect(page.getByRole("alert")).toHaveText(say("errors.file_mislabelled", { filename: "holiday-exe.jpg" }));
  await expect(yours(page)).toHaveCount(3);
  await count(page, 3, 3);
  await axe();
  await expectWhole(page, files.slice(0, 3));
  await page.getByRole("button", { name: `${say("upload_progress.hide")} holiday-exe.jpg` }).click();
  await expect(queued(page)).toHaveCount(0);
  expect(await page.evaluate(() => "files" in localStorage), "nothing is left to come back to").toBe(false);
});

test("a tab dies during an upload: the next tab resumes it, whatever page it opens", async ({ page, context }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  held.firstOnes = true;
  await journey.open("evidence");
  const files = [heavy("first.png", 900_000), heavy("second.png", 800_000), letter("third.pdf")];
  await choose(page, files);
  await expect.poll(() => held.routes.length).toBe(2);
  await page.close();
  const before = held.parts.filter(({ offset }) => offset > 0);
  held.parts.length = 0;
  held.open = true;
  const next = await context.newPage();
  await new Journey(next, true).open("needs");
  await expectWhole(next, files);
  await count(next, 3, 3);
  for (const { upload, offset } of before) {
    const first = held.parts.find((part) => part.upload === upload);
    // The part that was being sent when the tab died may have arrived as well.
    expect(first?.offset ?? offset, "not from the start").toBeGreaterThanOrEqual(offset);
  }
});

test("two tabs: each file is sent once, and both show the progress", async ({ page, context }) => {
  await answerUpTo(page.request);
  const held = await Held.on(context);
  await new Journey(page, true).open("evidence");
  const other = await context.newPage();
  await new Journey(other, true).open("evidence");
  const files = [photo("a.png"), heavy("b.png", 600_000)];
  await choose(page, files);
  await expect(queued(page)).toHaveCount(2);
  await expect(queued(other)).toHaveCount(2);
  await expect.poll(() => held.routes.length).toBe(2);
  await page.waitForTimeout(500);
  expect(held.parts, "nobody sends what another sends").toHaveLength(2);
  await held.release();
  for (const tab of [page, other]) {
    await expect(queued(tab)).toHaveCount(0);
    await expect(yours(tab)).toHaveCount(2);
    await count(tab, 2, 2);
  }
  // The remaining tab continues.
  held.open = false;
  await choose(page, [letter("c.pdf")]);
  await expect.poll(() => held.routes.length).toBe(1);
  await other.close();
  await held.release();
  await expect(yours(page)).toHaveCount(3);
  await expectWhole(page, [...files, letter("c.pdf")]);
});

test("the connection is lost during an upload, while other questions are answered", async ({ page, context, axe }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  await journey.open("evidence");
  const files = [heavy("wall.png", 900_000), photo("b.png")];
  await choose(page, files);
  await expect.poll(() => held.routes.length).toBe(2);
  await context.setOffline(true);
  for (const route of held.routes.splice(0)) await route.abort("internetdisconnected");
  held.open = true;
  await expect(queued(page).first()).toContainText(say("upload_progress.again"));
  await expect(page.getByRole("button", { name: `${say("upload_progress.retry")} wall.png` })).toBeVisible();
  await axe();
  await journey.goOn();
  await journey.on("check");
  await context.setOffline(false);
  await count(page, 2, 2);
  await expectWhole(page, files);
});

test("Try now does not wait, and a late refusal is reported on another page", async ({ page, context, axe }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  await journey.open("evidence");
  await choose(page, [photo("slow.png"), program("elf")]);
  await expect.poll(() => held.routes.length).toBe(2);
  // After so many failures the next attempt is some time away.
  for (let tries = 0; tries < 3; tries++) {
    await expect.poll(() => held.routes.length).toBe(2);
    for (const route of held.routes.splice(0)) await route.abort("failed");
  }
  await journey.goOn();
  await journey.on("check");
  held.open = true;
  await expect(page.getByRole("alert")).toHaveText(say("errors.file_mislabelled", { filename: "holiday-elf.jpg" }));
  await axe();
  await journey.open("evidence");
  await expect(yours(page)).toHaveCount(1, { timeout: 20_000 });
});

test("sent before the files have arrived: the receipt and the case continue the uploads", async ({ page, context, axe }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  await journey.open("evidence");
  const files = [photo("a.png"), letter("b.pdf"), heavy("c.png", 700_000)];
  await choose(page, files);
  await expect.poll(() => held.routes.length).toBe(2);
  await journey.goOn();
  await journey.goToDeclaration();
  await page.getByRole("checkbox").check();
  await journey.send();
  const { reference, code } = await journey.receipt();
  await count(page, 0, 3);
  const plain = await page.request.get(path.sent).then((answer) => answer.text());
  expect(plain, "true without a script").toContain(say("upload_progress.received", { here: 0, all: 3 }));
  await expect(queued(page)).toHaveCount(3);
  await axe();

  // One file arrives while the receipt is open, the others while the case is open.
  await expect.poll(() => held.routes.length, { timeout: 20_000 }).toBeGreaterThan(1);
  const small = held.routes.filter((route) => (route.request().postDataBuffer()?.length ?? 0) < 100_000);
  await small[small.length - 1].continue();
  await count(page, 1, 3);
  await page.goto(path.sign_in);
  await journey.signIn(reference, code);
  await count(page, 1, 3);
  await axe();
  await held.release();
  await count(page, 3, 3);
  await page.reload();
  const timeline = page.locator(".or-timeline__event");
  await expect(timeline.filter({ hasText: say("timeline.file_received") })).toHaveCount(3);
  await unfold(page, "case.files");
  await expect(page.getByRole("list", { name: say("case.files") }).getByRole("listitem")).toHaveCount(3);
  await expect(page.locator("#files-received"), "the list of files says it all now").toHaveCount(0);
  await expectWhole(page, files);
});

test("a file may be changed, replaced or deleted after it was chosen", async ({ page, context }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  held.firstOnes = true;
  await journey.open("evidence");
  const folder = mkdtempSync(join(tmpdir(), "chosen-"));
  const files = ["changed.png", "deleted.png"].map((name) => heavy(name, 900_000));
  const paths = files.map(({ name }) => join(folder, name));
  files.forEach(({ buffer }, at) => writeFileSync(paths[at], buffer));
  await page.getByLabel(say("files.add"), { exact: true }).setInputFiles(paths);
  // Both files are in the middle of their upload.
  await expect.poll(() => held.routes.length).toBe(2);
  writeFileSync(paths[0], randomBytes(900_000));
  rmSync(paths[1]);
  await held.release();
  await expectWhole(page, files);
  rmSync(folder, { recursive: true });
});

test("a file that is deleted before it could be read is reported at once", async ({ page, context, axe }) => {
  await answerUpTo(page.request);
  // The script is loaded after the file was chosen and deleted.
  let come = () => {};
  const late = new Promise<void>((go) => (come = go));
  await context.route("**/uploads-*.js", async (route) => {
    await late;
    await route.continue();
  });
  // A page loads only when all its scripts have.
  await page.goto(path.evidence, { waitUntil: "commit" });
  const folder = mkdtempSync(join(tmpdir(), "chosen-"));
  const gone = join(folder, "gone.png");
  writeFileSync(gone, photo().buffer);
  await page.getByLabel(say("files.add"), { exact: true }).setInputFiles([gone]);
  rmSync(folder, { recursive: true });
  come();
  await expect(page.getByRole("alert")).toContainText(say("upload_progress.failed", { filename: "gone.png" }), { timeout: 10_000 });
  await expect(page.getByText(say("upload_progress.again"))).toHaveCount(0);
  await axe();
});

test("photos with the same name get different names, visible and spoken", async ({ page, context }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  await journey.open("evidence");
  const names = ["image.jpg", "image (2).jpg", "image (3).jpg"];
  await choose(page, [photo("image.jpg"), photo("image.jpg")]);
  await choose(page, [photo("image.jpg")]);
  for (const name of names) {
    await expect(page.getByRole("progressbar", { name: say("upload_progress.progress", { name }), exact: true })).toHaveCount(1);
    await expect(page.getByRole("button", { name: `${say("upload_progress.cancel")} ${name}`, exact: true })).toHaveCount(1);
  }
  await held.release();
  await expect.poll(async () => (await withUs(page)).map(({ filename }) => filename).sort(), { timeout: 30_000 }).toEqual([...names].sort());
  for (const name of names) await expect(page.getByRole("button", { name: `${say("files.remove")} ${name}`, exact: true })).toHaveCount(1);
});

test("a shared device stores nothing, says so, and Send waits", async ({ page, context, axe }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  await page.request.post("/this-phone", { form: { shared: "on", from: "/" } });
  const held = await Held.on(context);
  await journey.open("evidence");
  await choose(page, [photo("a.png")]);
  await expect(page.getByText(say("upload_progress.not_kept"))).toBeVisible();
  await expect.poll(() => held.routes.length).toBe(1);
  expect(await page.evaluate(async () => [(await indexedDB.databases()).map(({ name }) => name), localStorage.length])).toEqual([[], 0]);
  await axe();
  await journey.goOn();
  await journey.goToDeclaration();
  await page.getByRole("checkbox").check();
  await journey.send();
  await page.waitForTimeout(700);
  await journey.on("declaration");
  await held.release();
  await journey.receipt();
  await count(page, 1, 1);
});

test("Exit this page stops uploads and leaves nothing behind", async ({ page, context, neutral }) => {
  const journey = new Journey(page, true);
  await answerUpTo(page.request);
  const held = await Held.on(context);
  await journey.open("evidence");
  await choose(page, [heavy("a.png", 900_000), photo("b.png")]);
  await expect.poll(() => held.routes.length).toBe(2);
  const sent = held.parts.length;
  await page.getByRole("button", { name: say("safe.exit.button"), exact: true }).click();
  await expect(page).toHaveURL(neutral.url);
  await held.release();
  await page.goto("/help");
  const left = await page.evaluate(async () => [(await indexedDB.databases()).map(({ name }) => name), localStorage.length]);
  expect(left).toEqual([[], 0]);
  expect(held.parts.length, "nothing more was sent").toBe(sent);
});
