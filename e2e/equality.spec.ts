// The equality questions: offered with the receipt, and declined with one click.

import { Journey } from "./support/journey";
import { picture } from "./support/picture";
import { answerUpTo } from "./support/steps";
import { expect, test } from "./support/test";
import { say } from "./support/words";

test("questions about the resident, after the receipt", async ({ page, scripted, axe }) => {
  const journey = new Journey(page, scripted);
  await answerUpTo(page.request);
  await journey.open("declaration");
  await page.getByRole("checkbox", { name: say("steps.declaration.agreed") }).check();
  await journey.send();
  await journey.receipt();
  const invite = page.getByRole("link", { name: say("equality.invite_link") });
  await invite.click();
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toHaveText(say("equality.title"));
  await axe();
  await picture(page, "equality-introduction");
  // Answering is optional.
  await page.getByRole("link", { name: say("equality.leave") }).click();
  await journey.receipt();
  await invite.click();
  await page.getByRole("button", { name: say("equality.begin") }).click();
  await expect(heading).toHaveText(say("equality.questions_title"));
  for (const width of [320, 360, 1280]) {
    await page.setViewportSize({ width, height: 740 });
    await axe();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await picture(page, `equality-questions-${width}`);
  }
  const question = (code: string) => page.getByRole("group", { name: say(`equality.questions.${code}.legend`) });
  await question("age").getByRole("radio", { name: say("equality.questions.age.25_34") }).check();
  await question("religion").getByRole("radio", { name: say("equality.not_said") }).check();
  await page.getByRole("button", { name: say("form.continue"), exact: true }).click();
  await journey.receipt();
  await expect(page.getByText(say("equality.thanks"))).toBeVisible();
  await expect(invite).toHaveCount(0);
  await axe();
});
