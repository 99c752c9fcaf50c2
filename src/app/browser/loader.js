// What the build appends to the glue: gets the Wasm and wakes the page. The name in `URL` becomes the hashed one of the Wasm.
//
// The service worker fetches it, because a worker's download goes on when the person goes to the next page, while a page's own
// is thrown away. Where there is no worker, or it fails, the page fetches it itself. A lost connection is waited out. Whatever
// fails in the end is not an error: the page works without, and the next page tries again.
const address = new URL(WASM, import.meta.url).pathname;

const fromWorker = async () => {
  const workers = navigator.serviceWorker;
  if (!workers || "shared" in document.documentElement.dataset) return undefined;
  const before = await caches.match(address);
  if (before) return before;
  const registration = await workers.register("/service-worker.js", { updateViaCache: "none" });
  // One that was there already knows another version of the app than this page.
  if (!registration.installing) await registration.update();
  const worker = registration.installing;
  if (worker?.state === "installing") await new Promise((go) => worker.addEventListener("statechange", go, { once: true }));
  return caches.match(address);
};

const fromNetwork = async (what) => {
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      const answer = await fetch(what);
      if (answer.ok || answer.status < 500) return answer;
    } catch {}
    await new Promise((go) => setTimeout(go, wait));
  }
};

// What is on the phone is looked up meanwhile.
const looked = device.load().catch(() => undefined);
// The sentences of the page's language come beside it. One of them says what is set on this server, so the page brings it.
const link = document.getElementById("text");
const sentences = fromNetwork(link.href).then((answer) => answer.json()).catch(() => undefined);
const answer = (await fromWorker().catch(() => undefined)) ?? (await fromNetwork(address));
const alive = await __wbg_init({ module_or_path: answer }).then(() => true, () => false);
const text = await sentences;
await looked;
if (alive && text) hydrate({ ...text, "files.hint": link.dataset.hint });
