// Every state of a case, as its card: for the resident and for a person who acts for them.

import { picture } from "./support/picture";
import { expect, test } from "./support/test";

for (const role of ["resident", "representative"]) {
  test(`the states of a case as the ${role} sees them`, async ({ page, scripted, axe }) => {
    test.setTimeout(120_000);
    await page.goto(`/__gallery?role=${role}`);
    const cards = page.locator(".or-gallery");
    expect(await cards.count()).toBeGreaterThan(30);
    // Each state says what is happening and who acts next.
    for (const card of await cards.all()) {
      await expect(card.locator(".or-card__status")).not.toBeEmpty();
      await expect(card.locator(".or-card strong").last()).not.toBeEmpty();
    }
    expect(await page.locator("main").innerText()).not.toMatch(/%\{|\b(status|case|who_acts|authority)\.\w/);
    for (const [width, colorScheme] of [
      [360, "light"],
      [360, "dark"],
      [1280, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 740 });
      await page.emulateMedia({ colorScheme });
      await axe(colorScheme === "dark" ? "colours" : "all");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
      if (scripted) await picture(page, `gallery-${role}-${width}-${colorScheme}`);
    }
  });
}
