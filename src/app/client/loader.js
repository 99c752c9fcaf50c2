// The loader, which the build appends to the wasm-bindgen glue: downloads the Wasm and hydrates the page. The name in `URL` becomes the
// hashed one of the Wasm.
//
// The service worker downloads the Wasm, because its download continues when the person goes to the next page, while a page's own
// download is discarded. Without a service worker, or if it fails, the page downloads the Wasm itself, and retries while the connection
// is lost. A failure in the end is not an error: the page works without the Wasm, and the next page tries again.
const address = new URL(WASM, import.meta.url).pathname;

const fromWorker = async () => {
  const workers = navigator.serviceWorker;
  if (!workers || "shared" in document.documentElement.dataset) return undefined;
  const before = await caches.match(address);
  if (before) return before;
  const registration = await workers.register("/service-worker.js", { updateViaCache: "none" });
  // A worker that was registered before knows another version of the app than this page.
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

// Meanwhile the record stored on the device is read.
const looked = device.load().catch(() => undefined);
// The sentences of the page's language are downloaded in parallel. One of them depends on the server's settings, so the page contains it.
const link = document.getElementById("text");
const sentences = fromNetwork(link.href).then((answer) => answer.json()).catch(() => undefined);
const answer = (await fromWorker().catch(() => undefined)) ?? (await fromNetwork(address));
const ready = await __wbg_init({ module_or_path: answer }).then(() => true, () => false);
const text = await sentences;
await looked;

let main = document.getElementById("app");
const put = (page, at = document.activeElement) => {
  main.replaceWith(page);
  main = page;
  (document.getElementById(at.id) ?? at).focus();
  window.fileQueue?.draw();
};

// Adds the draft's number to an address. Every page that is opened from here has it, also in another tab.
const named = (address) => {
  const to = new URL(address, location);
  to.searchParams.set("draft", device.number());
  return to.pathname + to.search + to.hash;
};
const look = () => {
  for (const at of ["href", "action"])
    for (const there of main.querySelectorAll(`[${at}^="/"]:not([${at}*="draft=${device.number()}"])`)) there.setAttribute(at, named(there.getAttribute(at)));
  // The upload script is loaded where files are chosen and where files wait on this device; never before hydration.
  if (!window.fileQueue && (document.getElementById("uploads") || device.holds())) import(document.documentElement.dataset.uploads).catch(() => {});
};

// The app is broken: the page continues as plain HTML. The clone has what was typed and no event handlers. The router's handlers are on
// the document and the window, so their events are stopped.
let broken;
const stop = () => {
  if (broken) return;
  broken = true;
  const page = main.cloneNode(true);
  if (!page.querySelector("h1")) return location.reload();
  page.querySelector(".or-save-status")?.remove();
  page.querySelector("#uploads")?.replaceChildren();
  document.addEventListener("click", (event) => event.stopPropagation());
  addEventListener("popstate", () => location.reload());
  put(page);
};
for (const kind of ["error", "unhandledrejection"])
  addEventListener(kind, ({ error, reason }) => /wasm/.test((error ?? reason)?.stack) && stop());

// Without cookies no answer could be saved on the server. As plain HTML, the next page says so.
if (main && ready && text && navigator.cookieEnabled) {
  for (const act of ["pushState", "replaceState"]) {
    const plain = history[act];
    history[act] = (state, _, to) => plain.call(history, state, "", named(to));
  }
  history.replaceState(history.state, "", location);
  // Translation and password managers may have changed the page: the served markup is restored, with the fields that the person sees.
  const { served } = window;
  if (served && !main.isEqualNode(served)) {
    const { activeElement } = document;
    for (const field of main.querySelectorAll("input,textarea"))
      if (field.id) served.querySelector(`#${CSS.escape(field.id)}`)?.replaceWith(field);
    put(served, activeElement);
  }
  hydrate({ ...text, "files.hint": link.dataset.hint });
  look();
  new MutationObserver(look).observe(main, { childList: true, subtree: true });
  // Switches the language and keeps what is typed and the errors on the page. The button's own form contains neither.
  document.querySelector(".or-language-switch")?.addEventListener("click", (event) => {
    const { target } = event;
    const question = document.querySelector("#question:not([enctype])");
    if (target.name !== "language") return;
    target.removeAttribute("form");
    if (!question) return;
    event.preventDefault();
    // The state that the server put into the page may be out of date.
    document.querySelector("[name=state]")?.remove();
    const state = document.querySelector(".govuk-error-summary") ? "wrong" : question.querySelector("[value=theirs]") && "changed";
    for (const [name, value] of [["language", target.value], ["state", state ?? ""]]) {
      const field = document.createElement("input");
      field.type = "hidden";
      [field.name, field.value] = [name, value];
      question.append(field);
    }
    HTMLFormElement.prototype.submit.call(question);
  });
}
