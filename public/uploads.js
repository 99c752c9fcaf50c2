// The upload queue. Files chosen here are stored in the browser until the server has them. They are sent in parts by tus 1.0.0, two at a
// time. Not part of the app, so that it also runs on pages without it: the receipt and the case. `WORDS` becomes the language's sentences.
(() => {
  if (window.fileQueue) return window.fileQueue.draw();
  const words = WORDS;
  const root = document.documentElement;
  const shared = "shared" in root.dataset;
  /** The number of the draft that this page is about; none on the pages of a case. Each file has that of the draft it was chosen for. */
  const number = () => root.dataset.draft ?? new URLSearchParams(location.search).get("draft") ?? undefined;
  const isOurs = ({ of }) => !number() || of === number();
  const say = (key, values = {}) => words[key].replace(/%\{(\w+)\}/g, (_, name) => values[name]);

  const NAME = "onrecord-files";
  /** How many files are sent at a time. */
  const SLOTS = 2;
  /** How long a part should take, in milliseconds. The size of a part, in bytes, follows from it within these bounds. */
  const TAKES = 3_000;
  const LEAST = 64 << 10;
  const MOST = 8 << 20;
  /** A part without progress for this long is aborted and retried, in milliseconds. A part that is sent in full may be inspected longer. */
  const STALLED = 20_000;
  const LOOKED_AT = 180_000;
  /** How long a file is stored here, in milliseconds. */
  const KEPT = 7 * 86_400_000;

  /** The files by key, in the order in which they were chosen. */
  const items = new Map();
  let part = 256 << 10;
  let over = false;
  /** How many files the server has, as far as this page knows. */
  let here = 0;

  // The files that the server does not have yet are in IndexedDB.

  let database;
  const open = () =>
    (database ??= new Promise((ready, failed) => {
      const asked = indexedDB.open(NAME);
      asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: "key" });
      asked.onerror = failed;
      asked.onsuccess = () => {
        // Another page is deleting the database: nothing is stored or sent any more.
        asked.result.onversionchange = stop;
        ready(asked.result);
      };
    }));
  const act = async (mode, by) => {
    if (over || shared) throw new Error();
    const all = (await open()).transaction("files", mode);
    const asked = by(all.objectStore("files"));
    return new Promise((done, failed) => {
      all.oncomplete = () => done(asked.result);
      all.onabort = failed;
    });
  };
  /** Sets the flag by which the app decides whether to load this script on a page. */
  const flag = () => {
    try {
      if ([...items.values()].some(({ kept }) => kept)) localStorage.setItem("files", "");
      else localStorage.removeItem("files");
    } catch {}
  };
  const put = async (item) => {
    const { key, of, draft, name, type, purpose, file, url, added } = item;
    item.kept = await act("readwrite", (all) => all.put({ key, of, draft, name, type, purpose, file, url, added })).then(
      () => true,
      () => false,
    );
    flag();
  };
  /** Stores a copy of the bytes, so that it does not matter if the file on the device is changed or deleted later. */
  const hold = async (item) => {
    const { size } = item.file;
    item.file = await new Response(item.file.stream()).blob();
    if (item.file.size !== size) throw {};
    await put(item);
  };
  const forget = async (item) => {
    items.delete(item.key);
    item.line?.remove();
    if (item.kept) await act("readwrite", (all) => all.delete(item.key)).catch(() => {});
    flag();
    tell({});
  };
  /** Reads what other pages have stored or removed. */
  const look = async () => {
    const found = await act("readonly", (all) => all.getAll()).catch(() => []);
    const keys = new Set(found.map(({ key }) => key));
    for (const item of [...items.values()]) {
      if (item.kept && !item.running && !keys.has(item.key)) {
        items.delete(item.key);
        item.line?.remove();
      }
    }
    found.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const item of found) {
      item.of ??= "draft";
      if (items.has(item.key)) Object.assign(items.get(item.key), { url: item.url, draft: item.draft });
      else if (item.added + KEPT < Date.now()) act("readwrite", (all) => all.delete(item.key)).catch(() => {});
      else items.set(item.key, { ...item, kept: true, sent: 0 });
    }
    flag();
  };

  // Only the visible page sends; the other pages show the progress.

  let tabs;
  try {
    if (!shared) tabs = new BroadcastChannel(NAME);
  } catch {}
  const tell = (what) => over || tabs?.postMessage(what);
  let leads = shared || !navigator.locks;
  let lines = 0;
  const lead = (steal) => {
    if (leads || over || (lines && !steal)) return;
    lines++;
    const mine = () => {
      lines--;
      leads = true;
      look().then(start);
      return new Promise(() => {});
    };
    navigator.locks.request(NAME, steal ? { steal } : {}, mine).catch(({ name }) => {
      // The lock is refused for good: then every page sends, and the server accepts a part that two pages send only once.
      if (name !== "AbortError") return mine();
      leads = false;
      for (const item of items.values()) if (item.kept) item.stop?.();
      lead();
    });
  };
  if (tabs)
    tabs.onmessage = async ({ data: { key, view, cancel, again, done } }) => {
      const item = items.get(key);
      if (!key) {
        await look();
        if (leads) start();
        if (done && isOurs({ of: done })) {
          here++;
          return refresh();
        }
      } else if (item && view) Object.assign(item, view);
      else if (item && cancel && leads) drop(item);
      else if (item && again) item.wake?.();
      draw();
    };

  // Requests to the server.

  const tus = { "Tus-Resumable": "1.0.0" };
  const call = async (method, url, headers = {}) => {
    const answer = await fetch(url, { method, headers });
    if (!answer.ok) throw { status: answer.status, text: await answer.text() };
    return answer;
  };
  const isGone = ({ status }) => [401, 403, 404, 410].includes(status);
  /** Whether a failure is final for the file. A part that was interrupted or taken over (400) or has another offset (409) is sent again. */
  const isFinal = ({ status }) => [413, 415, 422].includes(status);
  const asked = {};
  /** Returns the draft of a number, if there is one. Callers within a short time share one request. */
  const current = (of) =>
    (asked[of] ??= call("GET", `/api/v1/drafts/current${of ? `?draft=${of}` : ""}`)
      .then((answer) => answer.json())
      .catch((failure) => {
        if (isGone(failure)) return undefined;
        throw failure;
      })
      .finally(() => setTimeout(() => delete asked[of], 500)));
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

  /** Waits so many milliseconds, until the connection returns, or until `item.wake` is called. */
  const pause = (item, wait) =>
    new Promise((go) => {
      const end = () => {
        clearTimeout(timer);
        removeEventListener("online", end);
        go();
      };
      const timer = setTimeout(end, wait);
      addEventListener("online", end);
      item.wake = end;
    });
  /** Lets so many run at a time, in order. */
  const gate = (most) => {
    const waiting = [];
    let inside = 0;
    return async (work) => {
      if (inside >= most) await new Promise((go) => waiting.push(go));
      else inside++;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else inside--;
      }
    };
  };
  const announcing = gate(1);
  const sending = gate(SLOTS);
  const painting = gate(1);

  /** Ends a file that the server will never accept, and tells the person why. */
  const refuse = async (item, { text } = {}, otherwise = "upload_progress.failed") => {
    let why;
    try {
      const problem = JSON.parse(text);
      why = problem.errors?.[0]?.message ?? problem.detail;
    } catch {}
    await forget(item);
    item.why = why ?? say(otherwise, { filename: item.name });
    item.line = undefined;
    item.kept = false;
    items.set(item.key, item);
    throw (item.ended = true);
  };
  /** Ends a file that belongs to another complaint than this browser's cookies name. This page does not show it. */
  const leave = (item) => {
    item.aside = true;
    throw (item.ended = true);
  };

  /** Announces a file in one page at a time: the page that sent before may still wait for the answer to its announcement. */
  const announce = async (item) => {
    if (!item.kept || shared || !navigator.locks) return announceHere(item);
    let begun;
    const alone = async () => {
      begun = true;
      await look();
      return announceHere(item);
    };
    await navigator.locks.request(NAME + item.key, alone).catch((failure) => {
      if (begun) throw failure;
      return announceHere(item);
    });
  };
  const announceHere = async (item) => {
    if (item.url) return;
    const draft = await current(item.of);
    if (!draft) throw {};
    // The draft was created while this page was open, or was not known before.
    if (item.here || !item.draft) item.draft = draft.id;
    if (item.draft !== draft.id) leave(item);
    if (draft.sent) await refuse(item, {}, "upload_progress.late");
    const said = { filename: item.name, filetype: item.type, purpose: item.purpose, draft: item.draft };
    const metadata = Object.entries(said).map(([name, value]) => `${name} ${base64(value)}`);
    const headers = { ...tus, "Upload-Length": item.file.size, "Upload-Metadata": metadata.join() };
    const answer = await call("POST", `/api/v1/uploads?draft=${item.of}`, headers).catch(async (failure) => {
      if (isFinal(failure) || failure.status === 400) await refuse(item, failure);
      throw failure;
    });
    item.url = answer.headers.get("Location");
    item.at = 0;
    // Cancelled while it was being announced.
    if (item.ended) {
      takeBack(item.url);
      throw {};
    }
    await put(item);
    tell({});
  };

  /** Handles an upload that no longer exists or is not ours: it is announced again, unless the complaint was sent or is another one. */
  const gone = async (item) => {
    const draft = await current(item.of);
    const same = draft && (draft.id === item.draft || item.here);
    if (!same) leave(item);
    if (draft.sent) await refuse(item);
    item.url = undefined;
    await put(item);
    throw {};
  };

  const patch = (item, at, bytes) =>
    new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      let timer;
      const within = (time) => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), time);
      };
      request.open("PATCH", item.url);
      const headers = { ...tus, "Upload-Offset": at, "Content-Type": "application/offset+octet-stream" };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded }) => {
        within(STALLED);
        item.sent = at + loaded;
        show(item);
      };
      request.upload.onload = () => within(LOOKED_AT);
      request.onloadend = () => {
        clearTimeout(timer);
        if (request.status === 204) done(Number(request.getResponseHeader("Upload-Offset")));
        else failed({ status: request.status, text: request.responseText });
      };
      item.stop = () => request.abort();
      within(STALLED);
      request.send(bytes);
    });

  const bring = async (item) => {
    // After an interruption the server says where to resume; bytes that arrived before it count.
    item.at ??= await call("HEAD", item.url, tus).then(
      (answer) => Number(answer.headers.get("Upload-Offset")),
      (failure) => (isGone(failure) ? gone(item) : Promise.reject(failure)),
    );
    item.trying = false;
    while (item.at < item.file.size) {
      if (!isMine(item)) throw {};
      item.sent = item.at;
      show(item);
      const { at } = item;
      // A file that cannot be read now cannot be read later.
      const bytes = await item.file.slice(at, at + part).arrayBuffer().catch(() => refuse(item));
      const begun = performance.now();
      item.at = undefined;
      try {
        item.at = await patch(item, at, bytes);
      } catch (failure) {
        part = Math.max(LEAST, part >> 1);
        if (isGone(failure)) await gone(item);
        if (isFinal(failure)) await refuse(item, failure);
        throw failure;
      }
      item.wait = undefined;
      const took = Math.max(1, performance.now() - begun);
      // A short last part says little about the connection.
      if (bytes.byteLength >= part / 2) part = Math.min(MOST, Math.max(LEAST, part * Math.min(2, Math.max(0.5, TAKES / took))));
    }
    if (isOurs(item)) here++;
    await forget(item);
    tell({ done: item.of });
    await refresh();
  };

  const isMine = (item) => !over && items.has(item.key) && (leads || !item.kept);
  const work = async (item) => {
    while (isMine(item)) {
      try {
        await announcing(() => announce(item));
        await sending(async () => isMine(item) && bring(item));
        return;
      } catch {
        if (item.ended || !isMine(item)) break;
        item.trying = true;
        draw();
        item.wait = Math.min((item.wait ?? 500) * 2, 30_000);
        await pause(item, item.wait);
      }
    }
    draw();
  };
  const start = () => {
    for (const item of items.values()) {
      if (item.running || item.ended || !isMine(item)) continue;
      item.running = true;
      work(item).finally(() => (item.running = false));
    }
    draw();
  };

  /** Removes a file from the queue, and from the server if it is there. */
  const drop = async (item) => {
    const { url, why } = item;
    if (item.kept && !leads) return tell({ key: item.key, cancel: true });
    item.ended = true;
    item.stop?.();
    await forget(item);
    if (url && !why) dropped++;
    draw();
    if (url && !why) await takeBack(url);
  };
  let dropped = 0;
  const takeBack = async (url) => {
    for (let tries = 0; tries < 8 && !over; tries++) {
      const failure = await call("DELETE", url, tus).then(() => undefined, (failure) => failure);
      if (!failure || isGone(failure) || failure.status === 409) break;
      await pause({}, 1_000 << tries);
    }
  };

  let looked = 0;
  /** Reads which files the server has now, for this page and for the app. */
  const refresh = async () => {
    if (!fixed()) {
      // A request shared with other callers may have been answered before this file was there.
      delete asked[number()];
      const mine = ++looked;
      const draft = await current(number()).catch(() => undefined);
      if (draft && mine === looked) {
        here = draft.files.length;
        dispatchEvent(new CustomEvent("files", { detail: JSON.stringify(draft.files) }));
      }
    }
    draw();
  };

  // The user interface.

  const make = (name, className = "", text = "") => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };
  /** The server's own count, on pages about a sent complaint. */
  const fixed = () => document.getElementById("files-received");
  const bar = make("section", "or-uploads govuk-width-container");
  bar.setAttribute("aria-label", say("upload_progress.sending"));
  const spoken = make("p", "govuk-body");
  spoken.setAttribute("role", "status");
  const block = make("div");
  const heading = make("h2", "govuk-heading-m", say("upload_progress.sending"));
  const lost = make("p", "govuk-body", say("upload_progress.not_kept"));
  const list = make("ul", "or-file-list");
  list.setAttribute("aria-label", say("upload_progress.sending"));
  block.append(heading, lost, list);

  const size = (bytes) => {
    if (bytes < 1e6) return say("files.kilobytes", { number: Math.ceil(bytes / 1e3) });
    return say("files.megabytes", { number: Math.floor(bytes / 1e5) / 10 });
  };
  const button = (key, item, act) => {
    const made = make("button", "or-file-list__button", `${say(key)} `);
    made.type = "button";
    made.append(make("span", "govuk-visually-hidden", item.name));
    made.onclick = act;
    return made;
  };
  /** Draws a small picture, if the browser can decode the file. One at a time, since each is decoded at full size in memory. */
  const picture = (item, into) =>
    painting(async () => {
      if (item.why || !items.has(item.key)) return;
      const small = await createImageBitmap(item.file, { resizeHeight: 128 });
      const canvas = make("canvas", "or-file-list__picture");
      canvas.setAttribute("aria-hidden", "true");
      [canvas.width, canvas.height] = [small.width, small.height];
      canvas.getContext("2d").drawImage(small, 0, 0);
      small.close();
      into.prepend(canvas);
    }).catch(() => {});
  const line = (item) => {
    const made = make("li", "or-file-list__item");
    const about = make("span", "or-file-list__about");
    const progress = make("progress", "or-file-list__progress");
    progress.max = 100;
    progress.setAttribute("aria-label", say("upload_progress.progress", { name: item.name }));
    const problem = make("p", "govuk-error-message or-file-list__problem", item.why);
    const again = button("upload_progress.retry", item, () => (leads || !item.kept ? item.wake?.() : tell({ key: item.key, again: true })));
    const cancel = button(item.why ? "upload_progress.hide" : "upload_progress.cancel", item, () => {
      const next = made.nextElementSibling ?? made.previousElementSibling;
      drop(item);
      (next?.querySelector("button:not([hidden])") ?? document.getElementById("files") ?? document.getElementById("main"))?.focus();
    });
    if (item.type.startsWith("image/") && !item.why) picture(item, made);
    const acts = make("div", "or-file-list__acts");
    acts.append(again, cancel);
    made.append(make("span", "or-file-list__name", item.name), about, progress, problem, acts);
    made.shown = { about, progress, problem, again };
    return made;
  };
  const show = (item) => {
    if (!item.line) return;
    const { about, progress, problem, again } = item.line.shown;
    const percent = item.file.size ? Math.floor((item.sent * 100) / item.file.size) : 0;
    const state = item.why ? "" : item.trying ? say("upload_progress.again") : item.sent ? say("upload_progress.sent", { percent }) : say("upload_progress.waiting");
    about.textContent = state ? `${size(item.file.size)}. ${state}` : size(item.file.size);
    progress.value = percent;
    progress.hidden = !!item.why;
    problem.hidden = !item.why;
    again.hidden = !item.trying;
    if (leads && item.kept) tell({ key: item.key, view: { sent: item.sent, trying: item.trying } });
  };

  let said = "";
  let lastSaid = 0;
  let saying;
  /** Announces one sentence at a time, and at most one in three seconds. */
  const speak = (place, text) => {
    if (text === said) return;
    clearTimeout(saying);
    const speakNow = () => {
      said = place.textContent = text;
      lastSaid = Date.now();
    };
    const wait = lastSaid + 3_000 - Date.now();
    if (wait > 0) saying = setTimeout(speakNow, wait);
    else speakNow();
  };

  const draw = () => {
    if (over) return;
    const place = document.getElementById("uploads");
    const server = fixed();
    if (!bar.isConnected) document.getElementById("app")?.after(bar);
    if (!server && spoken.parentNode !== bar) bar.prepend(spoken);
    const seen = [...items.values()].filter((item) => !item.aside && isOurs(item));
    const moving = seen.filter(({ why }) => !why);
    const told = seen.filter(({ why }) => why);
    // Without a list on the page, only refused files are shown.
    const shown = place ? seen : told;
    for (const item of seen) {
      if (!shown.includes(item)) {
        item.line?.remove();
        item.line = undefined;
        continue;
      }
      if (!item.line) {
        item.line = line(item);
        list.append(item.line);
        // Screen readers speak it, because the role is set after the element is in the list.
        if (item.why) setTimeout(() => item.line?.shown.problem.setAttribute("role", "alert"));
      }
      show(item);
      document.getElementById(`coming-${item.url?.split("/").pop()}`)?.remove();
    }
    const elsewhere = document.getElementById("coming");
    if (elsewhere) elsewhere.hidden = !elsewhere.querySelector("li");
    lost.hidden = !moving.some(({ kept }) => kept === false);
    block.hidden = !shown.length;
    const where = place ?? bar;
    if (block.parentNode !== where) where.append(block);
    if (place) root.dataset.queue = "";
    if (server) {
      const count = Number(server.dataset.here) + here;
      const all = Number(server.dataset.all) - dropped;
      if (here || dropped) speak(server, say(all === 1 ? "upload_progress.received_one" : "upload_progress.received", { here: count, all }));
    } else if (moving.length || said) {
      const all = here + moving.length;
      speak(spoken, say(all === 1 ? "upload_progress.received_one" : "upload_progress.received", { here, all }));
    }
    bar.hidden = !bar.textContent;
    // Files that were chosen before this script was loaded.
    const field = document.getElementById("files");
    if (place && field?.files?.length) take(field);
  };

  // Event handlers.

  /** Returns a name that no listed file has: phones give every photo the same name. */
  const apart = (name) => {
    const taken = [...document.querySelectorAll(".or-file-list__name")].map(({ textContent }) => textContent);
    let made = name;
    for (let n = 2; taken.includes(made); n++) made = name.replace(/(\.[^.]*)?$/, ` (${n})$1`);
    return made;
  };
  const add = (files, purpose) => {
    for (const item of [...items.values()]) if (item.why) forget(item);
    for (const file of files) {
      const added = Date.now();
      const key = `${added}-${10_000 + items.size}-${Math.random()}`;
      const item = { key, of: number(), name: apart(file.name), type: file.type, purpose, file, added, sent: 0, here: true, running: true };
      items.set(key, item);
      draw();
      const go = () => {
        item.running = false;
        tell({});
        if (leads || !item.kept) start();
      };
      hold(item).catch(() => refuse(item)).then(go, go);
    }
    refresh();
  };
  const take = (field) => {
    const files = [...field.files];
    field.value = "";
    if (files.length) add(files, document.getElementById("uploads").dataset.purpose);
  };
  document.addEventListener("change", ({ target }) => {
    if (target.id === "files" && document.getElementById("uploads")) take(target);
  });
  // Drag and drop, in addition to the file field.
  const dropsHere = ({ dataTransfer }) => document.getElementById("files") && dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => dropsHere(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!dropsHere(event)) return;
    event.preventDefault();
    add([...event.dataTransfer.files], document.getElementById("uploads").dataset.purpose);
  });

  function stop() {
    over = true;
    leads = false;
    for (const item of items.values()) item.stop?.();
    items.clear();
    list.replaceChildren();
    block.remove();
    database?.then((open) => open.close(), () => {});
  }
  // The person used *Exit this page*.
  addEventListener("leave", stop);
  addEventListener("beforeunload", (event) => {
    if ([...items.values()].some((item) => !item.kept && !item.why && !over)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && !shared) lead(true);
  });

  window.fileQueue = {
    draw,
    /** Whether Send has to wait for files: 0 no, 1 yes, 2 yes and they do not move. */
    holds() {
      const held = [...items.values()].filter((item) => isOurs(item) && !item.why && !item.aside && (!item.url || !item.kept));
      return held.some(({ trying }) => trying) ? 2 : held.length && 1;
    },
  };
  look().then(() => {
    draw();
    if (items.size) refresh();
    if (leads) start();
    else lead(document.visibilityState === "visible");
  });
})();
