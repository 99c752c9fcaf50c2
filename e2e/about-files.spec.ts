// A file's description is edited on the file's page, and a photo is replaced by a copy without location metadata.

import { sample } from "./support/files";
import { Journey } from "./support/journey";
import { answerUpTo } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test("a photo with a location is captioned and replaced by a copy without location metadata", async ({ page, axe, scripted }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request);
  await journey.open("evidence");
  await journey.field(say("files.add")).setInputFiles([await sample("place.jpg", "image/jpeg")]);
  if (!scripted) await page.getByRole("button", { name: say("files.upload") }).click();
  const file = page.getByRole("list", { name: say("files.yours"), exact: true }).getByRole("listitem");
  await expect(file).toHaveCount(1);
  await expect(file).toContainText(say("files.taken", { date: "4 March 2026", time: "18:30" }));
  await expect(file).toContainText(say("files.has_place"));
  await axe();

  await test.step("what it shows", async () => {
    await file.getByRole("link", { name: `${say("files.more")} place.jpg` }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(say("file.heading"));
    await axe();
    await journey.fill(say("file.caption"), "x".repeat(101));
    await journey.fill(say("file.shows"), "Black spots\nbehind the bed");
    await page.getByRole("button", { name: say("file.save") }).click();
    const wrong = say("errors.description_too_long", { max: "100" });
    await expect(page).toHaveTitle(/^Error: /);
    await expect(journey.field(say("file.shows"))).toHaveValue("Black spots\nbehind the bed");
    await axe();
    await page.locator("#error-summary").getByRole("link", { name: wrong }).click();
    await expect(journey.field(say("file.caption"))).toBeFocused();
    await journey.fill(say("file.caption"), "Mould <in> the bedroom");
    await page.getByRole("button", { name: say("file.save") }).click();
    await journey.on("evidence");
    await expect(file).toContainText("Mould <in> the bedroom");
    await expect(file).toContainText("behind the bed");
  });

  await test.step("without the place", async () => {
    await file.getByRole("link", { name: `${say("files.more")} place.jpg` }).click();
    await page.getByRole("button", { name: say("file.without_place") }).click();
    await journey.on("evidence");
    await expect(file).toContainText(say("files.is_copy"));
    await expect(file).not.toContainText(say("files.has_place"));
    await expect(file).toContainText("Mould <in> the bedroom");
  });

  await journey.goOnTo("check");
  await expect(journey.answer(say("steps.evidence.short"))).toContainText("Mould <in> the bedroom");
  await expect(journey.answer(say("steps.evidence.short"))).toContainText("behind the bed");
});
