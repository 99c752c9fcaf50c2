// Case actions that the server does not have: a form that was submitted waits on the phone until the server has answered, also while no
// page is open. Its idempotency key makes repeated attempts one action. On a shared device nothing is stored. `portal.js` submits the form
// of the page; this script sends what earlier pages could not send, and shows it.
(() => {
  const words = document.currentScript.dataset;
  const root = document.documentElement;
  const app = document.getElementById("app");
  if (!app || "shared" in root.dataset || !window.indexedDB || !navigator.locks || !AbortSignal.any) return;
  const left = new AbortController();
  addEventListener("leave", () => left.abort());

  // --- The store. It is opened for each access, so that *Exit this page* can delete it.
  const access = async (mode, by) => {
    if (left.signal.aborted) throw new Error("the person has left");
    const db = await new Promise((ready, failed) => {
      const asked = indexedDB.open("onrecord-unsent");
      asked.onupgradeneeded = () => asked.result.createObjectStore("actions", { keyPath: "key" });
      asked.onsuccess = () => ready(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    try {
      return await new Promise((done, failed) => {
        const act = db.transaction("actions", mode);
        const asked = by(act.objectStore("actions"));
        act.oncomplete = () => done(asked.result);
        act.onabort = () => failed(act.error);
      });
    } finally {
      db.close();
    }
  };
  const list = async () => (await access("readonly", (actions) => actions.getAll())).sort((one, other) => one.at - other.at);
  const put = (action) => access("readwrite", (actions) => actions.put(action));
  const remove = (key) => access("readwrite", (actions) => actions.delete(key));

  // --- Whose action it is: the case is in the address, and the page has the person's number on the case.
  const caseOf = (path) => /^\/cases\/([^/]+)/.exec(path)?.[1];
  const personOf = (page) => page.querySelector("[data-by]")?.dataset.by;
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  // --- Sending.
  /** The forms of this page that `portal.js` is submitting, by key. */
  const forms = new Map();
  /** What has kept an action from being sent, by key. */
  const obstacles = new Map();
  const isSignIn = ({ url }) => new URL(url).pathname === "/sign-in";
  const isBusy = ({ status }) => status === 429 || status >= 500;
  /** Deletes the action that the server has accepted, and keeps a refused one with the reason. */
  const settle = async (action, answer, page, isShown) => {
    const isAccepted = answer.redirected && !isSignIn(answer);
    // Without the person's number no one is signed in: the action waits.
    if (!isAccepted && personOf(page) === undefined) obstacles.set(action.key, "signed out");
    else if (isAccepted || isShown) {
      await remove(action.key);
      if (isShown) return;
      say(`${words.sent}: ${action.title}`);
      dispatchEvent(new CustomEvent("sent", { detail: action.typed }));
    }
    else {
      const reason = page.querySelector("#error-summary ul") ?? page.querySelector("main p.govuk-body");
      await put({ ...action, refused: reason?.textContent ?? "" });
    }
  };
  const signal = (longest) => AbortSignal.any([left.signal, AbortSignal.timeout(longest)]);
  const send = async (action) => {
    obstacles.delete(action.key);
    // Another person may have signed in meanwhile.
    const form = await fetch(action.page, { headers: { "X-In-Background": "1" }, signal: signal(30_000) });
    if (isBusy(form)) return;
    const by = isSignIn(form) ? undefined : personOf(await parse(form));
    if (by !== action.by) return void obstacles.set(action.key, by === undefined ? "signed out" : "other person");
    const body = action.isMultipart ? new FormData() : new URLSearchParams();
    for (const [name, value] of action.fields) body.append(name, value);
    const hasFiles = action.fields.some(([, value]) => value.size);
    const answer = await fetch(action.action, { method: "POST", body, signal: signal(hasFiles ? 600_000 : 30_000) });
    if (!isBusy(answer)) await settle(action, answer, await parse(answer), false);
  };
  let isPending = false;
  /** Of several tabs, one at a time sends an action. The others find that it is gone. */
  const sendAll = async () => {
    for (const { key } of await list()) {
      await navigator.locks.request(`unsent ${key}`, { ifAvailable: true }, async (lock) => {
        const action = lock && (await list()).find((action) => action.key === key);
        if (action && action.refused === undefined) await send(action);
      }).catch(() => {});
    }
    await draw();
  };
  let running;
  let timer;
  const start = () => {
    clearTimeout(timer);
    running ??= sendAll().catch(() => {}).finally(() => {
      running = undefined;
      if (isPending) timer = setTimeout(start, 15_000);
    });
  };

  // --- What waits, on the pages of its case.
  const region = document.createElement("section");
  region.id = "unsent";
  region.className = "govuk-width-container or-no-print";
  region.setAttribute("aria-label", words.title);
  const add = (parent, tag, className, text) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const part = add(region, "div", "", "");
  add(part, "h2", "govuk-heading-m", words.title);
  const lines = add(part, "ul", "govuk-list", "");
  part.hidden = true;
  const status = add(region, "div", "", "");
  status.setAttribute("role", "status");
  const say = (text) => {
    status.className = text && "govuk-body";
    status.textContent = text;
  };
  app.before(region);
  let waiting = [];
  const lineOf = ({ key, page, title, text, refused }) => {
    const line = document.createElement("li");
    line.className = "govuk-inset-text";
    add(line, "h3", "govuk-heading-s", title);
    if (text) add(line, "p", "govuk-body or-user-text", text);
    const isSignedOut = obstacles.get(key) === "signed out";
    const state = refused !== undefined ? `${words.refused} ${refused}` : isSignedOut ? words.signedOut : words.waiting;
    const about = add(line, "p", "govuk-body", `${state} `);
    if (isSignedOut) add(about, "a", "govuk-link", words.signIn).href = "/sign-in";
    if (refused !== undefined) add(about, "a", "govuk-link", words.change).href = `${page}#unsent-${key}`;
    const button = add(line, "button", "govuk-button govuk-button--secondary", words.delete);
    button.type = "button";
    button.addEventListener("click", () => remove(key).then(draw));
    return line;
  };
  const draw = async () => {
    const all = await list();
    isPending = all.some(({ key, refused }) => refused === undefined && !obstacles.has(key));
    const [reference, by] = [caseOf(location.pathname), personOf(document)];
    waiting = all.filter((action) => caseOf(action.action) === reference && action.by === by && !forms.get(action.key)?.isConnected);
    // Before signing in, only that something waits.
    const isSignedOut = location.pathname === "/sign-in" && all.some(({ refused }) => refused === undefined);
    part.hidden = !waiting.length && !isSignedOut;
    lines.replaceChildren(...waiting.map(lineOf));
    if (isSignedOut) say(words.signedOut);
    else if (waiting.length) say("");
  };

  // --- The form of the page.
  const textsIn = (form) => [...form.querySelectorAll("textarea")];
  const fill = (form, valueOf) => {
    for (const field of form.elements) {
      if (!field.name || /^(hidden|file|submit|button)$/.test(field.type)) continue;
      const values = valueOf(field.name);
      if (/^(radio|checkbox)$/.test(field.type)) field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
      // `typed.js` stores what the form contains now.
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const prepare = async () => {
    await draw();
    const form = document.querySelector("form[data-typed][data-by]");
    const key = form?.elements.key;
    if (!key) return;
    // A stored form may have been sent before. A key is for one action.
    if (root.dataset.storedAt || waiting.some((action) => action.key === key.value)) key.value = crypto.randomUUID();
    const again = waiting.find((action) => location.hash === `#unsent-${action.key}`);
    if (again) {
      fill(form, (name) => again.fields.filter(([field]) => field === name).map(([, value]) => value));
      history.replaceState(history.state, "", location.pathname + location.search);
      await remove(again.key);
      return draw();
    }
    // What waits is no longer being typed.
    const text = textsIn(form).map(({ value }) => value).join("\n");
    if (text && waiting.some((action) => action.page === location.pathname + location.search && action.text === text)) fill(form, () => []);
  };
  prepare().catch(() => {});
  start();
  addEventListener("move", () => prepare().catch(() => {}));
  addEventListener("hashchange", () => prepare().catch(() => {}));
  addEventListener("online", () => {
    // `portal.js` asks for the pages of a case again; this is the stored list of cases.
    if (root.dataset.storedAt && !caseOf(location.pathname)) location.reload();
    start();
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) start(); });

  // Sign-out deletes everything, also without a service worker. It asks once if something waits.
  let isWarned = false;
  addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== "/sign-out") return;
    if (!waiting.length || isWarned) {
      access("readwrite", (actions) => actions.clear()).catch(() => {});
      caches.keys().then((names) => { for (const name of names) if (name.startsWith("copies ")) caches.delete(name); }).catch(() => {});
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    isWarned = true;
    say(words.leaving);
    region.tabIndex = -1;
    region.focus();
  }, true);

  window.unsent = {
    /** Stores a form that is being submitted. Resolves to whether it is stored. */
    keep: async (form, data) => {
      const key = data.get("key");
      if (!key) return false;
      const text = textsIn(form).map(({ value }) => value).join("\n");
      const action = {
        key,
        action: form.getAttribute("action"),
        page: location.pathname + location.search,
        by: form.dataset.by,
        typed: `${caseOf(location.pathname)} ${form.dataset.by} ${form.dataset.typed}`,
        title: document.querySelector("h1").textContent,
        text,
        fields: [...data],
        isMultipart: form.enctype === "multipart/form-data",
        at: Date.now(),
      };
      forms.set(key, form);
      return put(action).then(() => true, () => false);
    },
    /** Does `work` while no other tab sends the action. */
    hold: (key, work) => navigator.locks.request(`unsent ${key}`, work),
    settle: async (key, answer, page, isShown) => {
      forms.delete(key);
      const action = (await list().catch(() => [])).find((action) => action.key === key);
      if (action) await settle(action, answer, page, isShown).catch(() => {});
      await draw().catch(() => {});
    },
  };
})();
