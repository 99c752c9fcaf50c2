// The waiting in ten questions on a slow phone, from cold, with three seconds to think on each page. Pages are full loads
// until the app is hydrated; the Wasm arrives while the person thinks. A hurried run shows whether partial downloads survive
// page changes.

import { after, answer, pages } from "./answers.mjs";
import { phone, slow } from "./browser.mjs";
import { slowLink } from "./link.mjs";
import { sleep, sum } from "./numbers.mjs";

const thought = 3_000;
const hurry = 500;

export async function measure({ browser, url }) {
  const { waiting_ms, alive_on_page, waits, received_bytes } = await walk(browser, url, hurry);
  return { ...(await walk(browser, url, thought)), hurried: { alive_on_page, waiting_ms, received_bytes, waits } };
}

async function walk(browser, url, thought) {
  const link = await slowLink(url);
  const { context, notes } = await phone(browser, link.url);
  try {
    const page = await context.newPage();
    await slow(context, page, { network: undefined });
    await page.goto(pages[0].path, { waitUntil: "commit" });
    const first = await notes.first((note) => note.what === "usable");
    let here = first;
    const waits = [];
    for (const [i, question] of pages.entries()) {
      await sleep(thought);
      await answer(page, question);
      const pressed = await notes.first((note) => note.what === "pressed", here.at);
      const path = pages[i + 1]?.path ?? after;
      here = await notes.first((note) => note.path === path && ["usable", "shown"].includes(note.what), pressed.at);
      waits.push({ to: path, by: here.what === "shown" ? "the app" : "a page load", ms: here.at - pressed.at });
    }
    const alive = notes.all.find((note) => note.what === "alive");
    return {
      waiting_ms: sum(waits.map((wait) => wait.ms)),
      first_page_ms: first.after,
      // Counted from 1; 0 if the app was never hydrated.
      alive_on_page: alive ? pages.findIndex((question) => question.path === alive.path) + 1 : 0,
      alive_after_ms: alive ? alive.at - (first.at - first.after) : null,
      waits,
      // All bytes over the connection: pages, styles, the app, and aborted downloads.
      received_bytes: link.received(),
    };
  } finally {
    await context.close();
    await link.close();
  }
}
