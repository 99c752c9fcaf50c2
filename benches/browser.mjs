// The browser as a phone: 360 x 740, processor slowed 4x, slow 3G. The page itself reports what a person would notice, by the
// browser's own clock, so that this script's delays do not count.

import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";

const system = "/usr/bin/chromium";

/** 400 ms until a response begins, 400 kbit/s both ways. CDP counts bytes per second. */
const slow3g = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
const slowdown = 4;

/** Starts Chromium: the one the environment names, the system's, or Playwright's own. */
export async function launch() {
  return chromium.launch({
    executablePath: process.env.ONRECORD_CHROMIUM ?? (existsSync(system) ? system : undefined),
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
}

/** A phone without cookies or cache, and the notes that its pages report. */
export async function phone(browser, baseURL) {
  const context = await browser.newContext({ baseURL, viewport: { width: 360, height: 740 }, locale: "en-GB", timezoneId: "Europe/London" });
  const notes = new Notes();
  await context.exposeBinding("tell", (_, note) => notes.add(note));
  await context.addInitScript(watch);
  return { context, notes };
}

/** Slows down a page of the phone. Returns the CDP session, on which network events arrive too. */
export async function slow(context, page, conditions = {}) {
  const { network, processor } = { network: slow3g, processor: slowdown, ...conditions };
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  // `undefined` when the connection itself is slow, see link.mjs.
  if (network) await session.send("Network.emulateNetworkConditions", network);
  await session.send("Emulation.setCPUThrottlingRate", { rate: processor });
  return session;
}

/** The notes that pages have reported, with a way to wait for further ones. */
class Notes {
  all = [];
  #waiting = [];

  add(note) {
    this.all.push(note);
    this.#waiting = this.#waiting.filter((look) => !look(note));
  }

  /** Returns the first note after `since` that fulfils `is`, and waits for it if necessary. */
  async first(is, since = 0, patience = 60_000) {
    const there = this.all.find((note) => note.at > since && is(note));
    if (there) return there;
    return new Promise((found, fail) => {
      const timer = setTimeout(() => fail(new Error("the page did not report the expected note")), patience);
      this.#waiting.push((note) => {
        if (!(note.at > since && is(note))) return false;
        clearTimeout(timer);
        found(note);
        return true;
      });
    });
  }
}

/**
 * Runs in every page before any other script. Reports notes, each with its time `at`:
 * `usable` (the document's form exists and is painted), `moved` (the layout has shifted), `pressed` (a button), `shown` (another
 * heading was painted without a page load) and `alive` (the page is hydrated).
 */
function watch() {
  const at = (moment) => performance.timeOrigin + moment;
  const heading = () => document.querySelector("h1")?.textContent?.trim() ?? "";
  const send = (what, moment, more) => globalThis.tell({ what, at: at(moment), path: location.pathname, ...more });

  let painted;
  let parsed;
  let last = "";
  const usable = () => {
    if (painted === undefined || parsed === undefined) return;
    last = heading();
    const [page] = performance.getEntriesByType("navigation");
    const blocking = performance.getEntriesByType("resource").filter((r) => r.renderBlockingStatus === "blocking");
    send("usable", Math.max(painted, parsed), {
      heading: last,
      after: Math.max(painted, parsed),
      requests: 1 + blocking.length,
      bytes: page.encodedBodySize + blocking.reduce((sum, r) => sum + r.encodedBodySize, 0),
    });
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name !== "first-contentful-paint") continue;
      painted = entry.startTime;
      usable();
    }
  }).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) send("moved", entry.startTime, { by: entry.value });
  }).observe({ type: "layout-shift", buffered: true });
  // The form is complete once its last button exists. Parsing may take much longer: a style sheet at the end delays it.
  const form = new MutationObserver(() => {
    if (!document.querySelector("#continue, form button, .govuk-summary-list ~ a")) return;
    form.disconnect();
    parsed = performance.now();
    usable();
  });
  form.observe(document, { subtree: true, childList: true });

  addEventListener("click", (event) => event.target.closest?.("button") && send("pressed", event.timeStamp), true);

  new MutationObserver(() => {
    const now = heading();
    if (last === "" || now === "" || now === last) return;
    last = now;
    // A task queued from the animation callback runs after the frame was painted.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => send("shown", performance.now(), { heading: now });
      channel.port2.postMessage(0);
    });
  }).observe(document, { subtree: true, childList: true, characterData: true });

  const alive = new MutationObserver(() => {
    if (!document.documentElement?.hasAttribute("data-alive")) return;
    alive.disconnect();
    send("alive", performance.now());
  });
  alive.observe(document, { subtree: true, attributes: true, attributeFilter: ["data-alive"] });
}
