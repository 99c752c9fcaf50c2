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

// An address of this draft. Every page that is opened from here has one, also in another tab.
const named = (address) => {
  const to = new URL(address, location);
  to.searchParams.set("draft", device.number());
  return to.pathname + to.search + to.hash;
};
const look = () => {
  for (const at of ["href", "action"])
    for (const there of main.querySelectorAll(`[${at}^="/"]:not([${at}*="draft=${device.number()}"])`)) there.setAttribute(at, named(there.getAttribute(at)));
  // What sends files comes where files are chosen, and where some wait on this phone; never before the page is alive.
  if (!window.fileQueue && (document.getElementById("uploads") || device.holds())) import(document.documentElement.dataset.uploads).catch(() => {});
};

// The app is broken: the page goes on as plain HTML. A copy has what was typed and none of the handlers; the router's are further out.
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

// Without cookies nothing of it would reach us; as plain HTML the next page says so.
if (main && ready && text && navigator.cookieEnabled) {
  for (const act of ["pushState", "replaceState"]) {
    const plain = history[act];
    history[act] = (state, _, to) => plain.call(history, state, "", named(to));
  }
  history.replaceState(history.state, "", location);
  // Translation and password managers may have changed the page: it is put back as it was served, with the fields the person sees.
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
  // Another language, with what is typed and what is wrong on the page. The button's own form knows nothing of that.
  document.querySelector(".or-language-switch")?.addEventListener("click", (event) => {
    const { target } = event;
    const question = document.querySelector("#question:not([enctype])");
    if (target.name !== "language") return;
    target.removeAttribute("form");
    if (!question) return;
    event.preventDefault();
    // What the server said when it drew the page may be over.
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
