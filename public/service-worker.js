// Keeps the app itself on the phone, so that it opens without a connection, and so that its download goes on from page to page.
// It keeps files that are the same for everybody, and never a page or an answer with anything about a person in it.
//
// The server fills in what there is to keep; `name` changes with any of it, and with it this file, which is how a browser
// learns of a new version.
const { name, shell, apart, files, later } = PLAN;

/** How long a page of the journey may take before the one on the phone is opened instead, in milliseconds. */
const patience = 4_000;
/** How often a download is tried again. The next page to open begins anew. */
const tries = 8;

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

const keep = async (address) => {
  const cache = await caches.open(name);
  if (await cache.match(address)) return;
  // A file whose name says its content may be there from the version before.
  const before = [...files, ...later].includes(address) && (await caches.match(address));
  if (before) return cache.put(address, before);
  for (let n = 1; ; n++) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return cache.put(address, answer);
    if (n === tries || (answer && answer.status < 500)) throw new Error(`${address} cannot be had`);
    await pause(1_000 * n);
  }
};

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(Promise.all([...files, shell, apart].map(keep)));
});

const tidy = async () => {
  for (const other of await caches.keys()) if (other !== name) await caches.delete(other);
  // The request for a page does not wait for this worker to wake up.
  await registration.navigationPreload?.enable();
  // Not before the app is there, and the app is there without it.
  await Promise.all(later.map(keep)).catch(() => {});
};

addEventListener("activate", (event) => event.waitUntil(tidy()));

/** What the journey's pages are without a connection: one document, in which the app draws whichever page the address names. */
const ofJourney = (path) => path.startsWith("/complaint/") && !["/complaint/sent", "/complaint/new"].includes(path);

const open = async (event, path) => {
  const asked = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(event.request));
  event.waitUntil(asked.catch(() => {}));
  const inHand = ofJourney(path) ? shell : apart;
  const slow = inHand === shell ? pause(patience).then(() => caches.match(shell)) : new Promise(() => {});
  const answer = await Promise.race([asked, slow]).catch(() => caches.match(inHand));
  return answer ?? asked;
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (files.includes(pathname) || later.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate" && !pathname.startsWith("/api/")) {
    event.respondWith(open(event, pathname));
  }
});
