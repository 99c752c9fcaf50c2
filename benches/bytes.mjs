// Bytes that are downloaded: the first page, the app, and the requests of a second visit.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { answer, pages } from "./answers.mjs";
import { phone } from "./browser.mjs";
import { sleep, sum } from "./numbers.mjs";

export async function measure({ browser, url, site }) {
  const names = JSON.parse(readFileSync(join(site, "manifest.json"), "utf8"));
  const scripts = Object.entries(names).filter(([name]) => /\.(wasm|js)$/.test(name));
  const sizes = Object.fromEntries(scripts.map(([name, file]) => [name, statSync(join(site, `${file}.br`)).size]));
  const start = await fetched(url, "/");
  const first = await fetched(url, pages[0].path);
  return { app_bytes: sizes["onrecord.wasm"] + sizes["onrecord.js"], sizes, start_page_bytes: start, first_page_bytes: first, ...(await again(browser, url)) };
}

/** Returns the encoded bytes of a page on a first visit, once it is kept for all first visitors. */
async function fetched(url, path) {
  await (await fetch(url + path)).arrayBuffer();
  await sleep(1_000);
  const response = await fetch(url + path, { headers: { "accept-encoding": "br" } });
  await response.arrayBuffer();
  return Number(response.headers.get("content-length"));
}

/** A second visit to the first question, in a new tab, after a visit with hydration and an answer. */
async function again(browser, url) {
  const { context, notes } = await phone(browser, url);
  try {
    const page = await context.newPage();
    await page.goto(pages[0].path);
    const alive = await notes.first((note) => note.what === "alive");
    await answer(page, pages[0]);
    await notes.first((note) => note.what === "shown", alive.at);
    await sleep(1_000);
    await page.close();

    const second = await context.newPage();
    const session = await context.newCDPSession(second);
    await session.send("Network.enable");
    const network = new Map();
    session.on("Network.responseReceived", ({ requestId, response, type }) => {
      const cached = response.fromDiskCache || response.fromPrefetchCache || response.fromServiceWorker;
      if (!cached) network.set(requestId, { type, path: new URL(response.url).pathname, bytes: 0 });
    });
    session.on("Network.requestServedFromCache", ({ requestId }) => network.delete(requestId));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (network.has(requestId)) network.get(requestId).bytes = encodedDataLength;
    });
    const opened = Date.now();
    await second.goto(pages[0].path);
    await notes.first((note) => note.what === "alive", opened);
    await sleep(500);
    const all = [...network.values()];
    const page_itself = all.filter(({ type }) => type === "Document");
    const rest = all.filter(({ type }) => type !== "Document");
    return { repeat_page_bytes: sum(page_itself.map((r) => r.bytes)), repeat_other_bytes: sum(rest.map((r) => r.bytes)), repeat_other: rest };
  } finally {
    await context.close();
  }
}
