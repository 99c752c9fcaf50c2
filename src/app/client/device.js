// Stores the answers on this device: one record for each draft in IndexedDB, by the draft's number. A record is read, changed and written
// back in one transaction, so that tabs do not undo each other's changes. `device_store.rs` calls this; the build puts it before the loader.
//
// `answers` contains the person's answers by question. `waiting` contains those that the server does not have yet, as request bodies.
const device = (() => {
  const nothing = { answers: {}, waiting: {} };
  const root = document.documentElement;
  const shared = "shared" in root.dataset;
  /** The number of the draft that this page is about: from the page or, in the stored offline document, from its address. */
  let number = root.dataset.draft ?? new URLSearchParams(location.search).get("draft");
  let works = false;
  /** Whether there was a record. If it has disappeared since, another page has deleted it for good. */
  let had = false;
  let writing = 0;
  let found;
  let database;

  const named = () => (number ??= Math.random().toString(36).slice(2, 12));
  const open = () =>
    (database ??= new Promise((ready, failed) => {
      const asked = indexedDB.open("onrecord");
      asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
      asked.onerror = failed;
      asked.onsuccess = () => {
        // Another page is deleting the database, and quickly: it must not wait for this page.
        asked.result.onversionchange = () => {
          works = false;
          asked.result.close();
        };
        ready(asked.result);
      };
    }));

  const change = async (by) => {
    if (!works) return;
    writing++;
    root.dataset.unwritten = "";
    try {
      const act = (await open()).transaction("kept", "readwrite");
      const kept = act.objectStore("kept");
      await new Promise((done, failed) => {
        act.oncomplete = done;
        act.onabort = failed;
        kept.get(number).onsuccess = ({ target }) => {
          if (had && !target.result) return (works = false);
          const next = by(target.result ?? nothing);
          had = !!next;
          if (next) kept.put({ ...next, at: Date.now() }, number);
          else kept.delete(number);
        };
      });
    } catch {
      works = false;
    } finally {
      if (!--writing && works) {
        delete root.dataset.unwritten;
        dispatchEvent(new Event("written"));
      }
    }
  };

  const read = (bodies) => Object.fromEntries(Object.entries(bodies).map(([code, body]) => [code, JSON.parse(body)]));
  const pause = (wait) =>
    new Promise((go) => {
      const end = (event) => {
        clearTimeout(timer);
        removeEventListener("online", end);
        go(!!event);
      };
      const timer = setTimeout(end, wait);
      addEventListener("online", end);
    });

  return {
    /** Whether answers can be stored here. */
    works: () => works,
    /** Whether all writes are done. */
    settled: () => writing === 0,
    /** Reads the stored record, within one second. On a shared device it deletes everything stored. */
    async load() {
      if (shared) {
        indexedDB.deleteDatabase("onrecord");
        for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
        for (const name of await caches.keys()) await caches.delete(name);
        return;
      }
      works = true;
      const look = async () => {
        const kept = (await open()).transaction("kept", "readwrite").objectStore("kept");
        const old = [];
        await new Promise((done, failed) => {
          kept.transaction.onabort = failed;
          kept.openCursor().onsuccess = ({ target: { result: at } }) => {
            if (!at) return done();
            old.push(at.key);
            // Nothing is stored here longer than on the server.
            if (at.key !== number && at.value.at + 864e5 * root.dataset.days < Date.now()) at.delete();
            at.continue();
          };
        });
        // Without a connection an address may name no draft. A single record leaves no doubt which one is meant.
        if (old.length === 1) number ??= old[0];
        // The same on a page that names no draft, in a browser that holds none.
        if (old.length === 1 && "first" in root.dataset && !/draft=/.test(location.search)) number = root.dataset.draft = old[0];
        named();
        await change((record) => (found = record));
      };
      await Promise.race([look().catch(() => {}), pause(1_000)]);
      works &&= found !== undefined;
    },
    /** The number of the draft, as addresses name it. */
    number: named,
    /** The record that was found, as JSON. */
    found() {
      const { answers, waiting, files, ...rest } = found ?? nothing;
      return JSON.stringify({
        ...rest,
        files: files ?? [],
        answers: JSON.stringify({ ...answers, ...read(waiting) }),
        waiting: Object.entries(waiting),
        seen: Object.entries(rest.seen ?? {}),
      });
    },
    /** Stores the draft. With a code, that answer is not saved on the server yet; `mark` is that of the answer it was made from. */
    keep: (draft, code, body, mark) =>
      change((record) => {
        const now = JSON.parse(draft);
        const waiting = code ? { ...record.waiting, [code]: body } : record.waiting;
        const seen = code ? { [code]: mark, ...record.seen } : record.seen;
        return { ...record, ...now, waiting, seen, answers: { ...now.answers, ...read(waiting) } };
      }),
    /** Replaces the record by another draft. */
    begin: (draft) => change(() => ({ ...nothing, ...JSON.parse(draft) })),
    /** Marks an answer as saved on the server, unless another tab has changed it since. */
    saved: (code, body) =>
      change((record) => {
        const { [code]: now, ...waiting } = record.waiting;
        const { [code]: _, ...seen } = record.seen ?? {};
        return now === body ? { ...record, waiting, seen } : record;
      }),
    /** Stores the progress of sending. */
    queue: (queue) => change((record) => ({ ...record, queue })),
    /** Returns the draft's id as any tab has stored it. */
    async id() {
      let id;
      await change((record) => {
        id = record.id;
        return record;
      });
      return id ?? undefined;
    },
    /** Deletes the record. This page stores nothing afterwards. */
    async wipe() {
      await change(() => undefined);
      works = false;
    },
    /** Waits for a lock that only one tab at a time has. Resolves to the function that releases it. */
    alone: () =>
      new Promise((mine) => {
        const refused = () => mine(() => {});
        navigator.locks?.request(`onrecord ${number}`, () => new Promise(mine)).catch(refused) ?? refused();
      }),
    /** Whether Send has to wait for files: 0 no, 1 yes, 2 yes and they do not move. Files whose queue is not loaded yet do not move. */
    holds() {
      try {
        return window.fileQueue?.holds() ?? ("files" in localStorage ? 2 : 0);
      } catch {
        return 0;
      }
    },
    /** Whether the server can read a form: 0 no connection, 1 yes, 2 the form contains characters that only the server can read. */
    serverCanRead: (form) => navigator.onLine && 1 + /[^\P{C}\n\r\t]|[^\P{Z} ]|\p{DI}|[^\0-\x7f]\S*@|@\S*[^\0-\x7f]/u.test([...new FormData(form)]),
    /** Calls `tell` with the files that the server has, whenever the upload queue has read them. */
    received: (tell) => addEventListener("files", ({ detail }) => tell(detail)),
    /** Waits so many milliseconds, or until the connection returns. Resolves to whether it returned. */
    pause,
  };
})();
