// The time until the first question can be answered on a first visit, compared with a static page.

import { answer, pages } from "./answers.mjs";
import { phone, slow } from "./browser.mjs";
import { slowLink } from "./link.mjs";
import { median, sleep, sum } from "./numbers.mjs";
import { serve } from "./static/server.mjs";

const rounds = 5;

export async function measure({ browser, url }) {
  const floor = await serve();
  try {
    const ours = [];
    const theirs = [];
    // In turn, so that other load on the machine affects both.
    for (let round = 0; round < rounds; round++) {
      theirs.push(await visit(browser, floor.url));
      ours.push(await visit(browser, url));
    }
    const usable = median(ours.map((visit) => visit.after));
    const least = median(theirs.map((visit) => visit.after));
    return {
      first_question_ms: usable,
      static_page_ms: least,
      ratio: usable / least,
      requests: Math.max(...ours.map((visit) => visit.requests)),
      bytes: Math.max(...ours.map((visit) => visit.bytes)),
      static_page_bytes: theirs[0].bytes,
      shift: Math.max(...ours.map((visit) => visit.shift)),
      continue_ms: median(ours.map((visit) => visit.onward)),
      static_continue_ms: median(theirs.map((visit) => visit.onward)),
    };
  } finally {
    floor.close();
  }
}

/** Makes one cold visit, which ends on the page after Continue: a page that only looks usable would not get there. */
async function visit(browser, baseURL) {
  const link = await slowLink(baseURL);
  const { context, notes } = await phone(browser, link.url);
  try {
    const page = await context.newPage();
    await slow(context, page, { network: undefined });
    await page.goto(pages[0].path, { waitUntil: "commit" });
    const usable = await notes.first((note) => note.what === "usable");
    // Long enough for late changes, such as the whole style sheet, to shift the layout.
    await sleep(1_500);
    const shift = sum(notes.all.filter((note) => note.what === "moved").map((note) => note.by));
    await answer(page, pages[0]);
    const pressed = await notes.first((note) => note.what === "pressed", usable.at);
    const onward = await notes.first((note) => note.path === pages[1].path && ["usable", "shown"].includes(note.what), pressed.at);
    return { ...usable, shift, onward: onward.at - pressed.at };
  } finally {
    await context.close();
    await link.close();
  }
}
