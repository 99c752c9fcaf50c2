// The pages of a case: moving between them without a page load, news without a reload, and forms that are sent in the background.
// Without this script every page works as plain HTML. The sentences are attributes of the script's element.
(() => {
  const words = document.currentScript.dataset;
  const [, reference] = /^\/cases\/([^/]+)/.exec(location.pathname) ?? [];
  const app = document.getElementById("app");
  if (!reference || !app) return;
  // *Exit this page*: nothing is asked for or sent any more.
  const left = new AbortController();
  addEventListener("leave", () => left.abort());

  // --- Changing the page into a newer one.
  /** Whether another script draws this part, such as the progress of files that are being sent from this page. */
  const isOwned = (node) => node.dataset?.own !== undefined;
  /** Changes `old` into `fresh`. What is equal stays as it is, with the focus, open parts, and what is typed. */
  const change = (old, fresh) => {
    if (old.isEqualNode(fresh) || isOwned(old)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      old.nodeValue = fresh.nodeValue;
      return;
    }
    for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    // Comments too: they mark places for hydration.
    const coming = [...fresh.childNodes];
    const stays = (node) => isOwned(node) && !coming.some(({ id }) => id === node.id);
    let place = old.firstChild;
    for (const [i, child] of coming.entries()) {
      const rest = [];
      for (let node = place; node; node = node.nextSibling) if (!stays(node)) rest.push(node);
      place = rest[0] ?? null;
      const isLike = (node) => node.nodeName === child.nodeName && node.id === child.id && !coming.slice(i).some((later) => later.isEqualNode(node));
      const kept = rest.find((node) => node.isEqualNode(child)) ?? rest.find(isLike);
      if (kept) change(kept, child);
      if (kept !== place || !kept) old.insertBefore(kept ?? child, place);
      else place = place.nextSibling;
    }
    while (place) {
      const next = place.nextSibling;
      if (!stays(place)) place.remove();
      place = next;
    }
  };
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const dataOf = (page) => page.getElementById("page-data")?.textContent;
  /** What differs between pages: the rest of the document is the same on all pages of a case. */
  const noticeIn = (page) => page.getElementById("copy-notice");
  const partsOf = (page) => ({ title: page.title, app: page.getElementById("app"), header: page.querySelector(".or-site-header"), notice: noticeIn(page), data: dataOf(page) });
  const show = ({ title, app: fresh, header, notice, data }) => {
    const focused = document.activeElement;
    document.title = title;
    const place = document.getElementById("page-data");
    if (place && data) place.textContent = data;
    if (notice) noticeIn(document)?.replaceWith(notice.cloneNode(true));
    change(app, fresh);
    change(document.querySelector(".or-site-header"), header);
    // An element that has moved has lost the focus.
    if (document.activeElement !== focused && focused.isConnected) focused.focus({ preventScroll: true });
    // The Wasm, if it is there, hydrates the page.
    dispatchEvent(new Event("shown"));
  };
  const formIn = (place) => place.querySelector("form[data-typed]");
  /** Says that the page is as it was at an earlier time. The server's page has the sentence, hidden. */
  const showNotice = (is) => { if (noticeIn(document)) noticeIn(document).hidden = !is; };

  /** Asks for a page that the person has not opened now, so the server does not record that they have read it. */
  const inBackground = { headers: { "X-In-Background": "1" }, signal: left.signal };

  // --- News. The page of the case has the version that it shows; the other pages begin with the first version that they hear of.
  const shownVersion = () => app.querySelector("[data-version]")?.dataset.version;
  const region = document.createElement("div");
  region.id = "news";
  region.className = "govuk-width-container or-no-print";
  region.setAttribute("role", "status");
  app.before(region);
  let version = shownVersion();
  const say = (sentences, href) => {
    const text = document.createElement("p");
    text.className = "govuk-inset-text";
    text.append(`${sentences.join(" ")} `);
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = href;
    link.textContent = words.read;
    text.append(link);
    region.replaceChildren(text);
  };
  /** What a person may want to hear of, as it is on the page now. */
  const read = () => ({
    message: app.querySelectorAll(".or-thread > li").length,
    status: app.querySelector(".or-card__status")?.textContent,
    file: app.querySelector("#files")?.textContent,
  });
  let busy = false;
  const hear = async (latest) => {
    // The server can be reached again. What is typed into a form of a stored page stays.
    if (noticeIn(document)?.hidden === false && !shownVersion() && !formIn(app)) return location.reload();
    showNotice(false);
    version ??= latest;
    if (latest === version || busy) return;
    if (!shownVersion()) {
      version = latest;
      inHand.clear();
      say([words.elsewhere], `/cases/${reference}`);
      return;
    }
    busy = true;
    try {
      const answer = await fetch(location.href, inBackground);
      // Signed out, or without access: the page keeps what it shows, and the next step leads to where that is said.
      if (!answer.ok || answer.redirected) return;
      const page = await parse(answer);
      if (!page.querySelector("[data-version]")) return;
      const before = read();
      const isNewer = page.querySelector("[data-version]").dataset.version !== version;
      version = latest;
      if (!isNewer) return;
      inHand.clear();
      show(partsOf(page));
      version = shownVersion();
      const after = read();
      const news = Object.keys(after).filter((kind) => after[kind] !== before[kind]);
      const sentences = news.map((kind) => (kind === "status" ? `${words.status}: ${after.status}.` : words[kind]));
      say(sentences.length ? sentences : [words.changed], news.includes("message") ? "#messages" : news[0] === "file" ? "#files" : "#standing");
    } catch {
      // The next news or the next question brings it.
    } finally {
      busy = false;
    }
  };

  // One tab of the browser has a stream of news and tells the others. A tab that hears of nothing asks.
  const address = `/api/v1/cases/${reference}/news`;
  const often = 5_000;
  /** With a stream something is heard every 15 seconds. */
  const silent = 20_000;
  const waitLong = 60_000;
  let heardAt = 0;
  let pause = often;
  const heard = (latest) => {
    heardAt = Date.now();
    hear(latest);
  };
  let channel;
  try {
    channel = new BroadcastChannel("news");
    channel.onmessage = ({ data }) => { if (data.reference === reference) heard(data.version); };
  } catch {}
  const rest = (time, signal) =>
    new Promise((done) => {
      if (signal.aborted) return done();
      const timer = setTimeout(done, time);
      signal.addEventListener("abort", () => { clearTimeout(timer); done(); });
    });
  /** Holds a stream until `signal`, or until the server refuses it. */
  const stream = (signal) =>
    new Promise((done) => {
      const source = new EventSource(address);
      const end = () => { source.close(); done(); };
      signal.addEventListener("abort", end);
      source.addEventListener("version", ({ data }) => {
        pause = often;
        heard(data);
        channel?.postMessage({ reference, version: data });
      });
      source.onerror = () => { if (source.readyState === EventSource.CLOSED) end(); };
    });
  const streams = async (signal) => {
    while (!signal.aborted) {
      await stream(signal);
      // There are too many streams.
      pause = 3 * often;
      await rest(waitLong, signal);
    }
  };
  const ask = async (signal) => {
    let tag = version ? `"${version}"` : "";
    let wait = 0;
    while (true) {
      await rest(wait || often, signal);
      if (signal.aborted) return;
      wait = pause;
      if (Date.now() - heardAt < silent) continue;
      const answer = await fetch(address, { headers: { "If-None-Match": tag }, cache: "no-store", signal }).catch(() => undefined);
      if (answer?.ok) {
        tag = answer.headers.get("ETag");
        const found = await answer.json().catch(() => undefined);
        if (found) hear(found.version);
      } else if (answer?.status === 401 || answer?.status === 404) {
        // The service worker learns from the answer that the stored pages have to go.
        if (noticeIn(document)?.hidden === false) location.reload();
        else fetch(location.href, inBackground).then((page) => page.text()).catch(() => {});
        return;
      } else if (answer?.status !== 304) {
        wait = waitLong;
      }
    }
  };
  let following;
  /** Follows the case while the page is seen. A hidden page costs nothing. */
  const follow = () => {
    following?.abort();
    following = undefined;
    if (document.visibilityState === "hidden" || left.signal.aborted) return;
    following = new AbortController();
    heardAt = 0;
    const { signal } = following;
    ask(signal);
    if (navigator.locks && window.EventSource) navigator.locks.request("news", { signal }, () => streams(signal)).catch(() => {});
  };
  document.addEventListener("visibilitychange", follow);
  addEventListener("pageshow", follow);
  addEventListener("online", follow);
  addEventListener("pagehide", () => following?.abort());
  left.signal.addEventListener("abort", () => following?.abort());

  // --- Forms. The idempotency key in the form makes a repeated attempt one action.
  const lines = new WeakMap();
  /** The line that says how far a form is. It is there before it says anything, so that screen readers announce it. */
  const lineOf = (form) => {
    if (!lines.get(form)?.isConnected) {
      const line = document.createElement("p");
      line.className = "govuk-body";
      line.setAttribute("role", "status");
      form.append(line);
      lines.set(form, line);
    }
    return lines.get(form);
  };
  const isOurs = (form) => form.matches('form[data-typed][action^="/cases/"]');
  const prepare = () => { for (const form of document.forms) if (isOurs(form)) lineOf(form); };
  prepare();

  /** The forms that are being sent, each with what tries at once. */
  const sending = new Map();
  const setReadOnly = (form, is) => {
    for (const field of form.elements) if (field.matches("input, textarea")) field.readOnly = is;
  };
  /** The actions that wait on the phone (`unsent.js`). */
  const { unsent } = window;
  /** Posts until the server answers. A request without files that takes this long has met a broken connection. */
  const post = async (form, body, longest, waiting) => {
    for (let wait = 1_000; ; wait = Math.min(wait * 2, 15_000)) {
      lineOf(form).textContent = words.sending;
      const signal = AbortSignal.any([left.signal, AbortSignal.timeout(longest)]);
      const answer = await fetch(form.action, { method: "POST", body, signal }).catch(() => undefined);
      if (left.signal.aborted || (answer && ![502, 503, 504].includes(answer.status))) return answer;
      lineOf(form).textContent = waiting;
      await new Promise((now) => {
        sending.set(form, now);
        addEventListener("online", now, { once: true });
        setTimeout(now, wait);
      });
    }
  };
  /** Moves the focus to where a person begins to read. */
  const focusOn = (...ids) => {
    const place = ids.map((id) => document.getElementById(id)).find((found) => found);
    if (place) place.tabIndex = -1;
    place?.focus();
  };
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    // The buttons for another language belong to the form too, and lead elsewhere.
    if (!isOurs(form) || !AbortSignal.any || (submitter && !form.contains(submitter))) return;
    event.preventDefault();
    if (sending.has(form)) return sending.get(form)();
    sending.set(form, () => {});
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    const hasFiles = [...data.values()].some((value) => value.size);
    const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    setReadOnly(form, true);
    const isKept = await unsent?.keep(form, data);
    const send = () => post(form, body, hasFiles ? 600_000 : 30_000, isKept ? words.kept : words.waiting);
    const answer = await (isKept ? unsent.hold(data.get("key"), send) : send());
    sending.delete(form);
    setReadOnly(form, false);
    if (!answer) return;
    inHand.clear();
    const page = await parse(answer);
    const url = new URL(answer.url);
    const isHere = form.isConnected;
    if (isKept) await unsent.settle(data.get("key"), answer, page, isHere);
    // The person has gone on to another page, and `unsent.js` says there what has become of the action.
    if (!isHere) return;
    if (answer.redirected) {
      lineOf(form).textContent = words.sent;
      if (!answer.ok || !isOfCase(url)) return location.assign(url);
      return goTo(url, { ...partsOf(page), at: Date.now() });
    }
    // The server's rules have found something: its page has the errors and everything that was typed.
    show(partsOf(page));
    for (const field of form.querySelectorAll("input[type=file]")) field.value = "";
    prepare();
    if (form.isConnected) lineOf(form).textContent = "";
    focusOn("error-summary", "main");
  });

  // --- Moving. A page in hand is shown at once and asked for again behind it; every other link is left to the browser.
  /** The pages in hand, by address. */
  const inHand = new Map();
  /** A form in hand is used at once or not at all: its idempotency key is for one action. */
  const fresh = 10_000;
  const keyOf = ({ pathname, search }) => pathname + search;
  const isOfCase = ({ origin, pathname }) => origin === location.origin && `${pathname}/`.startsWith(`/cases/${reference}/`);
  /** Returns the page that a link leads to, if it may be shown in place of this one. */
  const targetOf = (link) => {
    const url = link && new URL(link.href);
    return url && !link.target && !link.hasAttribute("download") && !url.hash && isOfCase(url) && keyOf(url) !== keyOf(location) ? url : undefined;
  };
  const load = async (url, options) => {
    const at = Date.now();
    const answer = await fetch(url, options);
    const isPage = answer.ok && !answer.redirected && answer.headers.get("Content-Type")?.startsWith("text/html");
    if (!isPage) throw new Error("no page", { cause: answer.status });
    const parts = { ...partsOf(await parse(answer)), at };
    inHand.set(keyOf(new URL(url)), parts);
    return parts;
  };
  const take = (url) => {
    const parts = inHand.get(keyOf(url));
    return parts && (!formIn(parts.app) || Date.now() - parts.at < fresh) ? parts : undefined;
  };
  /** Shows a page in place of this one. The page of the case stays in hand; another may show a code that is shown only once. */
  const replace = (parts, from) => {
    if (shownVersion()) {
      const [header, notice] = [document.querySelector(".or-site-header"), noticeIn(document)].map((part) => part?.cloneNode(true));
      inHand.set(from, { title: document.title, app: app.cloneNode(true), header, notice, data: dataOf(document), at: Date.now() });
    }
    // `typed.js` sends what was typed and not submitted, before the form is gone.
    dispatchEvent(new Event("beforemove"));
    region.replaceChildren();
    app.replaceChildren(...[...parts.app.childNodes].map((node) => node.cloneNode(true)));
    show(parts);
    version = shownVersion() ?? version;
    prepare();
    dispatchEvent(new CustomEvent("move", { detail: parts.at }));
    window.fileQueue?.draw();
  };
  /** Asks for the page that is shown, and shows what has changed. A form stays as it is. */
  const revalidate = async () => {
    const key = keyOf(location);
    if (formIn(app)) return inHand.delete(key);
    try {
      const parts = await load(location.href, { signal: left.signal });
      if (keyOf(location) !== key) return;
      show(parts);
      version = shownVersion() ?? version;
    } catch (error) {
      // Signed out, or without access: the server's page says so. Without a connection the page stays as it was.
      if (keyOf(location) === key && error.cause < 500) location.reload();
      if (!error.cause) showNotice(true);
    }
  };
  const goTo = (url, parts) => {
    const from = keyOf(location);
    history.pushState(null, "", url);
    shownKey = keyOf(location);
    replace(parts, from);
    scrollTo(0, 0);
    focusOn("page-heading", "main");
  };
  let shownKey = keyOf(location);
  const loading = new Set();
  const prepareFor = ({ target }) => {
    const url = targetOf(target.closest?.("a"));
    if (!url || take(url) || navigator.connection?.saveData || loading.has(keyOf(url))) return;
    loading.add(keyOf(url));
    load(url, inBackground).catch(() => {}).finally(() => loading.delete(keyOf(url)));
  };
  for (const kind of ["pointerover", "touchstart", "focusin"]) app.addEventListener(kind, prepareFor, { passive: true });
  app.addEventListener("click", (event) => {
    const url = targetOf(event.target.closest("a"));
    const parts = url && take(url);
    if (!parts || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(url, parts);
    revalidate();
  });
  addEventListener("popstate", () => {
    const from = shownKey;
    if (keyOf(location) === from) return;
    shownKey = keyOf(location);
    const parts = take(location);
    if (!parts) return location.reload();
    replace(parts, from);
    focusOn("page-heading", "main");
    revalidate();
  });

  // --- Reading without a connection. The service worker stores the pages that it sees: this one, and from the page of the case those that
  // it leads to, so that a message can be written without a connection.
  const storePages = async () => {
    const workers = navigator.serviceWorker;
    if (!workers || "shared" in document.documentElement.dataset || navigator.connection?.saveData) return;
    await workers.register("/service-worker.js", { updateViaCache: "none" });
    const { active } = await workers.ready;
    if (!workers.controller) {
      const claimed = new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
      // The worker may have claimed its pages a moment before it could see this one.
      active.postMessage("claim");
      await claimed;
    }
    const isStored = async (url) => {
      const [, until] = (await caches.match(keyOf(url), { ignoreVary: true }))?.headers.get("X-Stored").split(" ") ?? [];
      return until > Date.now();
    };
    const links = shownVersion() ? [...app.querySelectorAll("a")].map(targetOf).filter((url) => url && url.pathname !== location.pathname) : [];
    for (const url of [new URL(location.pathname + location.search, location), ...links]) {
      if (left.signal.aborted) return;
      // Read to its end, so that one page arrives after the other.
      if (!(await isStored(url))) await (await fetch(url, inBackground)).text();
    }
  };
  storePages().catch(() => {});
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const form of document.forms) if (isOurs(form)) lineOf(form).textContent = "";
  });
})();
