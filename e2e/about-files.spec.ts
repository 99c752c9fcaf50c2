// What a file shows is said on its page, and a photo is sent without the place it was taken at.

import { sample } from "./support/files";
import { Journey } from "./support/journey";
import { answerUpTo } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test("a photo with a place is named, described and sent without the place", async ({ page, axe, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request);
  await journey.open("evidence");
  await journey.field(say("files.add")).setInputFiles([await sample("place.jpg", "image/jpeg")]);
  if (!scripted) await page.getByRole("button", { name: say("files.upload") }).click();
  const file = page.getByRole("list", { name: say("files.yours") }).getByRole("listitem");
  await expect(file).toHaveCount(1);
  await expect(file).toContainText(say("files.taken", { date: "4 March 2026", time: "18:30" }));
  await expect(file).toContainText(say("files.has_place"));

  await test.step("what it shows", async () => {
    await file.getByText(say("files.describe")).click();
    await axe();
    const caption = file.getByLabel(say("files.caption"));
    await caption.fill("x".repeat(101));
    await file.getByLabel(say("files.shows")).fill("Black spots\nbehind the bed");
    await file.getByRole("button", { name: say("files.describe_save") }).click();
    const wrong = say("errors.description_too_long", { max: "100" });
    const summary = page.locator("#error-summary");
    await expect(summary).toContainText(wrong);
    await expect(file.getByLabel(say("files.shows"))).toHaveValue("Black spots\nbehind the bed");
    await axe();
    await summary.getByRole("link", { name: wrong }).click();
    await expect(caption).toBeFocused();
    await caption.fill("Mould <in> the bedroom");
    await file.getByRole("button", { name: say("files.describe_save") }).click();
    await expect(file.getByText("Mould <in> the bedroom", { exact: true })).toBeVisible();
    await expect(file.getByText(say("files.describe_again"))).toBeVisible();
    await expect(page.getByText(wrong)).toHaveCount(0);
  });

  await test.step("without the place", async () => {
    await file.getByRole("button", { name: say("files.without_place") }).click();
    await expect(file).toContainText(say("files.is_copy"));
    await expect(file).not.toContainText(say("files.has_place"));
    await expect(file).toContainText("Mould <in> the bedroom");
    await axe();
  });

  await page.reload();
  await expect(file).toContainText(say("files.is_copy"));
  await journey.goOnTo("check");
  await expect(page.getByText("Mould <in> the bedroom")).toBeVisible();
  await expect(page.getByText("behind the bed")).toBeVisible();
});
