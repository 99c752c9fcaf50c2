// Stores the text being typed into a form until it is submitted: on this device at once, and on the server within seconds. A phone ends a
// tab as soon as its owner takes a photo, and a person may go on somewhere else. On a shared device nothing is stored here.
//
// The server puts its text into the pages that it renders. This script adds what has not reached the server, and all text to pages that
// the app renders in the browser.
(() => {
  const root = document.documentElement;
  const mark = "typed ";
  const days = 864e5 * (root.dataset.days ?? 28);
  const pause = 2_000;
  const longestPause = 4_000;
  const shared = "shared" in root.dataset;
  const status = document.getElementById("typed-status");
  let left = false;
  // *Exit this page*: what was typed goes to the server, and nothing is stored here any more.
  addEventListener("leave", () => {
    sendAll({ keepalive: true, here: true });
    left = true;
  });

  // A browser may refuse to store anything; then the text is stored on the server only.
  const tried = (act) => { try { return act(); } catch { return undefined; } };
  const memory = new Map();
  const names = () => [...memory.keys(), ...(shared ? [] : tried(() => Object.keys(localStorage)) ?? [])].filter((name) => name.startsWith(mark));
  const read = (name) => memory.get(name) ?? (shared ? undefined : tried(() => JSON.parse(localStorage.getItem(name))) ?? undefined);
  const write = (name, entry) => {
    if (left) return;
    if (shared || tried(() => localStorage.setItem(name, JSON.stringify(entry)) ?? true) === undefined) memory.set(name, entry);
  };
  const remove = (name) => {
    memory.delete(name);
    if (!shared) tried(() => localStorage.removeItem(name));
  };
  const forget = (which) => names().filter(which).forEach(remove);

  forget((name) => !(Date.now() - read(name)?.at < days));
  const [, ofCase] = /^\/cases\/([^/]+)/.exec(location.pathname) ?? [];
  /** The number of the draft; the app gives one to a draft that it starts. */
  const number = () => root.dataset.draft ?? new URLSearchParams(location.search).get("draft") ?? "";
  const inDraft = (path) => path + (number() && `?draft=${number()}`);

  // --- Whose text it is, and where the server stores it.
  const ownMark = (form) => `${mark}${ofCase ?? number()} ${form?.dataset.by ?? ""} `;
  const nameOf = (form) => ownMark(form) + form.dataset.typed;
  const addressOf = (page) => (ofCase ? `/api/v1/cases/${ofCase}/typed/${page}` : inDraft(`/api/v1/drafts/current/typed/${page}`));
  /** What the server had when it rendered this document, by page. */
  const before = tried(() => JSON.parse(root.dataset.typed)) ?? {};

  // --- The fields of a form.
  const isText = ({ name, type }) => name && (name === "key" || !/^(hidden|file|submit|button|image|reset|password)$/.test(type));
  const valuesOf = (form, name) => new FormData(form).getAll(name).filter((value) => typeof value === "string");
  const fill = (form, fields) => {
    for (const field of form.elements) {
      if (!isText(field) || !(field.name in fields)) continue;
      const values = fields[field.name];
      if (/^(radio|checkbox)$/.test(field.type)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
  };

  // --- Sending. `unsent` contains the fields that the server does not have, with the time of their last change.
  const busy = new Set();
  let stop = new AbortController();
  let timer;
  let first = 0;
  let wait = pause;
  const say = (text) => {
    if (status && status.textContent !== text) status.textContent = text;
  };
  const isUnsent = (name) => Object.keys(read(name)?.unsent ?? {}).length > 0;
  /** Sends the unsent text of one page. Resolves to "stored", to "later", or to "refused" if the server will not take it. */
  const send = async (name, keepalive) => {
    const { page, fields, unsent, sentAt = 0 } = read(name) ?? {};
    const changed = Object.keys(unsent ?? {});
    if (!changed.length) return "stored";
    // There is no draft before the first answer.
    if ("first" in root.dataset && page === "role") return "refused";
    if (left || busy.has(name)) return "later";
    busy.add(name);
    // The server dates text by its age on arrival, which may have been late: no text may seem older than what was sent before it.
    const newest = Math.max(sentAt, ...Object.values(unsent));
    const body = JSON.stringify({
      fields: Object.fromEntries(changed.map((field) => [field, fields[field]])),
      seconds_ago: Math.max(0, Math.floor((Date.now() - newest) / 1_000)),
    });
    const headers = { "Content-Type": "application/json" };
    // A browser keeps only small requests alive when it closes a page.
    const request = { method: "PUT", headers, body, signal: stop.signal, keepalive: keepalive && body.length < 60_000 };
    const answer = await fetch(addressOf(page), request).catch(() => undefined);
    busy.delete(name);
    // The file was removed, and what was typed about it with it.
    if (answer?.status === 404 && page.startsWith("about-file-")) {
      remove(name);
      return "stored";
    }
    // Refused for good: there is no draft yet, or the person was signed out. The text stays on this device.
    const isRefused = answer && answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status);
    if (isRefused) return "refused";
    if (!answer?.ok) return "later";
    const now = read(name);
    if (!now) return "stored";
    for (const field of changed) if (now.unsent[field] === unsent[field]) delete now.unsent[field];
    write(name, { ...now, sentAt: Date.now() });
    return Object.keys(now.unsent).length ? "later" : "stored";
  };
  const own = () => names().filter((name) => name.startsWith(ownMark(current)));
  /** Sends the unsent text of the page and, unless only that is wanted, what other pages could not send. */
  const sendAll = async ({ keepalive, here } = {}) => {
    clearTimeout(timer);
    first = 0;
    // A form of a case that was submitted brings its text itself. Without a form it is unknown who is signed in.
    if (ofCase && (submitted || !current)) return false;
    const unsent = (here && current ? [nameOf(current)] : own()).filter(isUnsent);
    const ends = await Promise.all(unsent.map((name) => send(name, keepalive)));
    const all = ends.every((end) => end === "stored");
    if (all && ends.length) say(status?.dataset.ours ?? "");
    wait = all ? pause : Math.min(wait * 2, 30_000);
    if (ends.includes("later") && !left) timer = setTimeout(sendAll, wait, {});
    return all;
  };
  const soon = () => {
    const now = Date.now();
    first ||= now;
    clearTimeout(timer);
    timer = setTimeout(sendAll, Math.max(0, Math.min(pause, first + longestPause - now)), { here: true });
  };

  // --- The form of the page.
  let current;
  /** When the page was asked for. The service worker adds the time to a page that it has stored. */
  let servedAt = Number(root.dataset.storedAt ?? performance.timeOrigin);
  /** Whether Continue was selected since the last change, and the page has shown no error. */
  let submitted = false;
  const typed = ({ target }) => {
    if (!isText(target)) return;
    const name = nameOf(current);
    const entry = read(name) ?? { page: current.dataset.typed, fields: {}, unsent: {} };
    const changed = current.elements.key ? [target.name, "key"] : [target.name];
    for (const field of changed) {
      entry.fields[field] = valuesOf(current, field);
      entry.unsent[field] = Date.now();
    }
    submitted = false;
    write(name, { ...entry, at: Date.now(), isSubmitted: false });
    say(memory.has(name) ? "" : status?.dataset.here ?? "");
    soon();
  };
  /** Puts the stored text into a form. `served`: the form came from the server, with the server's text in its fields. */
  const attach = (form, served) => {
    current = form;
    submitted = false;
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    const entry = read(nameOf(form));
    if (!served) fill(form, { ...before[form.dataset.typed], ...entry?.fields });
    // Another tab may have sent the text after the server rendered this page.
    else if (entry?.sentAt > servedAt) fill(form, entry.fields);
    else if (entry && isUnsent(nameOf(form))) fill(form, Object.fromEntries(Object.keys(entry.unsent).map((field) => [field, entry.fields[field]])));
    else if (entry) remove(nameOf(form));
  };
  /** The app has changed the page. If Continue has led to another page, the text has become an answer. */
  const look = () => {
    const form = document.querySelector("form[data-typed]");
    if (document.getElementById("error-summary")) submitted = false;
    if (form === current) return;
    if (current && submitted) {
      const name = nameOf(current);
      delete before[current.dataset.typed];
      // If the tab ends before the answer is written, its page still has the text.
      if (!("unwritten" in root.dataset)) remove(name);
      else addEventListener("written", () => { if (read(name)?.isSubmitted) remove(name); }, { once: true });
    }
    current = undefined;
    say("");
    if (form) attach(form, false);
    else if (/\/(tasks|check-answers)$/.test(location.pathname)) list();
    const tasks = document.querySelector("#leave [hidden], #leave span");
    if (tasks) tasks.hidden = location.pathname.endsWith("/tasks");
  };
  /** Shows which questions have text that was not submitted, as the server would show it on this page. */
  const list = async () => {
    if (!own().length && !Object.keys(before).length) return;
    await sendAll();
    const page = await fetch(inDraft(location.pathname)).then((answer) => answer.text()).catch(() => "");
    const found = new DOMParser().parseFromString(page, "text/html").getElementById("unfinished");
    document.getElementById("unfinished")?.remove();
    if (found && !document.querySelector("form[data-typed]")) document.getElementById("app").before(found);
  };

  const form = document.querySelector("form[data-typed]");
  if (form) attach(form, true);
  const app = document.getElementById("app");
  if (app && !ofCase) {
    new MutationObserver(() => {
      if (!/\/(tasks|check-answers)$/.test(location.pathname)) document.getElementById("unfinished")?.remove();
      look();
    }).observe(app, { childList: true, subtree: true });
  }
  // A form that was posted and led to another page was accepted: its text is an answer or an event now. The page of a case says so.
  const accepted = () => names().filter((name) => name !== (current && nameOf(current)) && read(name)?.isSubmitted);
  const forgetAccepted = () => {
    if (ofCase && (/[?&]done=/.test(location.search) || location.pathname.endsWith("/code"))) accepted().forEach(remove);
  };
  forgetAccepted();
  const acceptedBefore = accepted();
  // Not at once: another tab may be about to send its own text.
  timer = setTimeout(() => sendAll().then((all) => { if (all && !ofCase) acceptedBefore.forEach(remove); }), pause);

  // `portal.js` shows another page of the case, as the server has rendered it.
  addEventListener("beforemove", () => sendAll({ keepalive: true, here: true }));
  addEventListener("move", ({ detail }) => {
    servedAt = detail;
    current = undefined;
    submitted = false;
    const form = document.querySelector("form[data-typed]");
    if (form) attach(form, true);
    forgetAccepted();
  });

  // `unsent.js` has sent a form that an earlier page could not send.
  addEventListener("sent", ({ detail }) => { if (read(mark + detail)?.isSubmitted) remove(mark + detail); });

  // --- Leaving.
  addEventListener("online", () => sendAll());
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") sendAll({ keepalive: true, here: true }); });
  addEventListener("pagehide", () => sendAll({ keepalive: true, here: true }));
  document.getElementById("leave")?.addEventListener("click", async (event) => {
    const way = event.target.closest("a, button");
    // A link may also be opened in another tab.
    if (!way || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    await Promise.race([sendAll(), new Promise((go) => setTimeout(go, 3_000))]);
    const link = document.createElement("a");
    const toTasks = (way.value || way.dataset.action) === "tasks";
    link.href = inDraft(toTasks ? "/complaint/tasks" : "/save-and-return");
    // The app shows the task list without loading a page.
    if (!toTasks) link.rel = "external";
    document.body.append(link);
    link.click();
    link.remove();
  });
  // Before the app shows the next page.
  addEventListener("submit", ({ target }) => {
    if (target !== current) return;
    submitted = true;
    if (ofCase) {
      stop.abort();
      stop = new AbortController();
    }
    const entry = read(nameOf(current));
    if (entry) write(nameOf(current), { ...entry, isSubmitted: true });
  }, true);
  addEventListener("submit", ({ target }) => {
    if (/\/(sign-out|signed-in-devices)$/.test(target.action)) forget(() => true);
  });
})();
