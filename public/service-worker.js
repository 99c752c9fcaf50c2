// Stores the app on the device, so that it opens without a connection and its download continues from page to page. It stores files that
// are the same for everyone, and never a page or response that contains personal data.
//
// The server fills in the list of what to store. `name` is a hash of it all, so this file changes with it, which is how a browser
// detects a new version.
const { name, shell, apart, files, later } = PLAN;

/** How long the server may take for a page of the questionnaire before the stored document is opened instead, in milliseconds. */
const patience = 4_000;
/** How often a download is tried. The next page that opens starts again. */
const tries = 8;

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

const keep = async (address) => {
  const cache = await caches.open(name);
  if (await cache.match(address)) return;
  // A file with a content hash in its name may be in the cache of the version before.
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
  // The browser requests a page without waiting for this worker to start.
  await registration.navigationPreload?.enable();
  // Only after the app is stored; the app works without these files.
  await Promise.all(later.map(keep)).catch(() => {});
};

addEventListener("activate", (event) => event.waitUntil(tidy()));

/** Whether a path is a page of the questionnaire: without a connection, one document serves them all and the app renders the page. */
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
