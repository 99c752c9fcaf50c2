// The time from Continue to the next question after hydration, on a slow phone with a slow network.

import { after, answer, pages } from "./answers.mjs";
import { phone, slow } from "./browser.mjs";
import { median, quantile, sleep } from "./numbers.mjs";

const journeys = 3;
const thought = 500;

/** The shortest time for a response on slow 3G. A step that took longer may have waited for one. */
const roundTrip = 400;

export async function measure({ browser, url }) {
  const steps = [];
  let loads = 0;
  for (let journey = 0; journey < journeys; journey++) {
    const { context, notes } = await phone(browser, url);
    try {
      const page = await context.newPage();
      await page.goto(pages[0].path);
      const alive = await notes.first((note) => note.what === "alive");
      await slow(context, page);
      let here = alive;
      for (const [i, question] of pages.entries()) {
        await sleep(thought);
        await answer(page, question);
        const pressed = await notes.first((note) => note.what === "pressed", here.at);
        const path = pages[i + 1]?.path ?? after;
        here = await notes.first((note) => note.path === path && ["usable", "shown"].includes(note.what), pressed.at);
        if (here.what === "usable") loads += 1;
        steps.push(here.at - pressed.at);
      }
    } finally {
      await context.close();
    }
  }
  return {
    step_ms: median(steps),
    step_p95_ms: quantile(steps, 0.95),
    blocking_requests: steps.filter((step) => step >= roundTrip).length,
    page_loads: loads,
    steps: steps.map((step) => Math.round(step)),
  };
}
