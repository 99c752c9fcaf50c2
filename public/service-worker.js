// Stores the app on the device, so that it opens without a connection and its download continues from page to page. Apart from these files,
// which are the same for everyone, it stores the pages of a case as the person last saw them, if the server allows it.
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
  // A page of a case that opened before this worker was there has its copy stored, too.
  await clients.claim();
  for (const other of await caches.keys()) if (other !== name && !isOfCopies(other)) await caches.delete(other);
  await removeUnusedAssets();
  // The browser requests a page without waiting for this worker to start.
  await registration.navigationPreload?.enable();
  // Only after the app is stored; the app works without these files.
  await Promise.all(later.map(keep)).catch(() => {});
};

// --- Copies of the pages of a case. `X-Offline-Copy` names the session and for how many seconds a copy may be shown; a page without it is
// not stored. Each session has a cache of its own, with the files that its pages need.
const prefix = "copies ";
const isOfCopies = (cacheName) => cacheName.startsWith(prefix);
const isOfCase = (path) => /^\/cases(\/|$)/.test(path);
/** The forms by which a session ends, another person may sign in, or the person says that others use the phone. */
const endsSession = (path) => /^\/(sign-in|sign-out|signed-in-devices|exit|this-phone|join|consent)(\/|$)/.test(path);
/** The server leads there when a session has ended. */
const isSignIn = (path) => path === "/sign-in";
const any = { ignoreVary: true };
const keyOf = (address) => {
  const url = new URL(address);
  // What was just done is no part of the case.
  url.searchParams.delete("done");
  return url.pathname + url.search;
};

/** How often copies were deleted. A page that was asked for before is not stored any more. */
let wipes = 0;
const wipe = async (except) => {
  if (!except) wipes++;
  for (const other of await caches.keys()) if (isOfCopies(other) && other !== except) await caches.delete(other);
};
/** Whether a copy is too old, or the clock was set back. Files have no time. */
const isOld = ({ headers }) => {
  const [at, until] = headers.get("X-Stored")?.split(" ").map(Number) ?? [];
  return at > Date.now() || until <= Date.now();
};
const prune = async () => {
  for (const cacheName of (await caches.keys()).filter(isOfCopies)) {
    const cache = await caches.open(cacheName);
    for (const request of await cache.keys()) if (isOld(await cache.match(request, any))) await cache.delete(request, any);
  }
};
prune();

const assetsIn = (html) => html.match(/\/assets\/[\w.-]+\.(js|css|svg|png)/g) ?? [];
const removeUnusedAssets = async () => {
  for (const cacheName of (await caches.keys()).filter(isOfCopies)) {
    const cache = await caches.open(cacheName);
    const pages = await Promise.all((await cache.matchAll()).filter(({ headers }) => headers.has("X-Stored")).map((page) => page.text()));
    const used = assetsIn(pages.join(""));
    for (const { url } of await cache.keys()) if (url.includes("/assets/") && !used.includes(keyOf(url))) await cache.delete(url, any);
  }
};

/** Stores a page of a case as the server has answered it, or deletes the copy if the person may not see the page any more. */
const store = async (address, answer, before) => {
  if (answer.status >= 500 || answer.status === 429) return;
  const [session, seconds] = answer.headers.get("X-Offline-Copy")?.split(" ") ?? [];
  const key = keyOf(address);
  if (answer.status === 401 || (answer.redirected && isSignIn(new URL(answer.url).pathname))) return wipe();
  if (!session || !answer.ok || answer.redirected) {
    for (const cacheName of (await caches.keys()).filter(isOfCopies)) await (await caches.open(cacheName)).delete(key, any);
    return;
  }
  await prune();
  const html = await answer.text();
  const headers = new Headers(answer.headers);
  headers.set("X-Stored", `${Date.now()} ${Date.now() + 1_000 * seconds}`);
  if (before !== wipes) return;
  // Another session may be that of another person.
  await wipe(prefix + session);
  const cache = await caches.open(prefix + session);
  await cache.put(key, new Response(html, { headers }));
  for (const asset of assetsIn(html)) if (!(await cache.match(asset, any))) await cache.add(asset).catch(() => {});
  if (before !== wipes) await wipe();
};

/** The copy of a page, with the notice that it is one. */
const copyOf = async (address) => {
  const copy = await caches.match(keyOf(address), any);
  if (!copy || isOld(copy)) return undefined;
  const [at] = copy.headers.get("X-Stored").split(" ");
  const html = (await copy.text()).replace("<html ", `<html data-stored-at="${at}" `).replace('id="copy-notice" hidden', 'id="copy-notice"');
  return new Response(html, { headers: copy.headers });
};

addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("message", (event) => event.waitUntil(clients.claim()));

/** Whether a path is a page of the questionnaire: without a connection, one document serves them all and the app renders the page. */
const ofJourney = (path) => path.startsWith("/complaint/") && !["/complaint/sent", "/complaint/new"].includes(path);

/** Returns what the phone has for a page without a connection. */
const inHand = (address, path) => {
  if (ofJourney(path)) return caches.match(shell);
  return isOfCase(path) ? copyOf(address) : undefined;
};

/** Leads from the list of cases or from sign-in to a case that can be read without a connection. */
const toCase = async (path) => {
  if (!isSignIn(path) && path !== "/cases") return undefined;
  for (const cacheName of (await caches.keys()).filter(isOfCopies))
    for (const { url } of await (await caches.open(cacheName)).keys())
      if (/\/cases\/[^/?]+$/.test(url) && (await copyOf(url))) return Response.redirect(url);
};

const ask = (event, path) => {
  const { url } = event.request;
  const before = wipes;
  const asked = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(event.request));
  const isDone = asked.then((answer) => {
    if (isSignIn(path)) return wipe();
    return isOfCase(path) && store(url, answer.clone(), before);
  });
  event.waitUntil(isDone.catch(() => {}));
  return asked;
};

const open = (event, path) => {
  const { url } = event.request;
  const asked = ask(event, path);
  const slow = pause(patience).then(() => inHand(url, path)).then((found) => found ?? asked);
  return Promise.race([asked, slow]).catch(async () => (await inHand(url, path)) ?? (await toCase(path)) ?? caches.match(apart));
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname: path } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && endsSession(path)) event.waitUntil(wipe());
  if (request.method === "POST" && path === "/sign-out") indexedDB.deleteDatabase("onrecord-unsent");
  if (request.method !== "GET") return;
  if (path.startsWith("/assets/")) {
    event.respondWith(caches.match(path, any).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate" && !path.startsWith("/api/")) {
    event.respondWith(open(event, path));
  } else if (isOfCase(path) && request.destination === "") {
    // A page that `portal.js` asks for.
    event.respondWith(ask(event, path));
  }
});
