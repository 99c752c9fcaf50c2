// Waiting in a whole journey on a slow phone, from cold: ten pages, each thought about for three seconds. Pages are full page
// loads until the app is alive; the Wasm comes while the person thinks. A hurried person shows whether what has come of it
// by then is kept from page to page.

import { after, answer, pages } from "./answers.mjs";
import { phone, slow } from "./browser.mjs";
import { sleep, sum } from "./numbers.mjs";

const thought = 3_000;
const hurry = 500;

export async function measure({ browser, url }) {
  const { wasm_bytes, wasm, waiting_ms, alive_on_page, waits } = await walk(browser, url, hurry);
  return { ...(await walk(browser, url, thought)), hurried: { alive_on_page, waiting_ms, wasm_bytes, waits, wasm } };
}

async function walk(browser, url, thought) {
  const { context, notes } = await phone(browser, url);
  try {
    const page = await context.newPage();
    const session = await slow(context, page);
    const wasm = watchWasm(session);
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
      // Counted from 1; 0 when it never came alive.
      alive_on_page: alive ? pages.findIndex((question) => question.path === alive.path) + 1 : 0,
      alive_after_ms: alive ? alive.at - (first.at - first.after) : null,
      waits,
      wasm_bytes: sum(wasm().map((request) => request.bytes)),
      wasm: wasm(),
    };
  } finally {
    await context.close();
  }
}

/** What goes over the network for the Wasm: one entry for each request, with what it asked for and what came of it. */
function watchWasm(session) {
  const requests = new Map();
  const of = (id) => requests.get(id);
  session.on("Network.requestWillBeSent", ({ requestId, request, initiator }) => {
    if (request.url.endsWith(".wasm")) requests.set(requestId, { initiator: initiator.type, bytes: 0 });
  });
  session.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => {
    const range = Object.entries(headers).find(([name]) => name.toLowerCase() === "range");
    if (of(requestId) && range) of(requestId).range = range[1];
  });
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (of(requestId)) Object.assign(of(requestId), { status: response.status, cached: response.fromDiskCache || response.fromPrefetchCache });
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    if (of(requestId)) of(requestId).bytes += encodedDataLength;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (of(requestId)) Object.assign(of(requestId), { ended: "whole", bytes: encodedDataLength });
  });
  session.on("Network.loadingFailed", ({ requestId, errorText, canceled }) => {
    if (of(requestId)) of(requestId).ended = canceled ? "cancelled" : errorText;
  });
  return () => [...requests.values()];
}
