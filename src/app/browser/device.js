// The answers that are kept on this phone: one record in the browser's database. Reading it, changing it and writing it back is
// one transaction, so that tabs do not undo each other's changes. `local.rs` calls this; the build puts it before the loader.
//
// `answers` is what the person has told, by question; `waiting` is what of it is not with us yet, as the bodies that save it.
const device = (() => {
  const nothing = { answers: {}, waiting: {} };
  const shared = "shared" in document.documentElement.dataset;
  let works = false;
  let writing = 0;
  let found;
  let database;

  const open = () =>
    (database ??= new Promise((ready, failed) => {
      const asked = indexedDB.open("onrecord");
      asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
      asked.onerror = failed;
      asked.onsuccess = () => {
        // Somebody wants it gone, and quickly: this page must not be what they wait for.
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
    try {
      const act = (await open()).transaction("kept", "readwrite");
      const kept = act.objectStore("kept");
      await new Promise((done, failed) => {
        act.oncomplete = done;
        act.onabort = failed;
        kept.get("draft").onsuccess = ({ target }) => {
          const next = by(target.result ?? nothing);
          if (next) kept.put(next, "draft");
          else kept.delete("draft");
        };
      });
    } catch {
      works = false;
    } finally {
      writing--;
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
    /** Whether answers can be kept here. */
    works: () => works,
    /** Whether everything is written that shall be. */
    settled: () => writing === 0,
    /** Looks what is there; for not longer than a person would notice. */
    async load() {
      if (shared) {
        indexedDB.deleteDatabase("onrecord");
        for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
        for (const name of await caches.keys()) await caches.delete(name);
        return;
      }
      works = true;
      await Promise.race([change((record) => (found = record)), pause(1_000)]);
      works &&= found !== undefined;
    },
    /** What was there, as JSON. */
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
    /** Puts the draft down as it is now. With a code, that answer is not with us yet; `mark` is that of the one it was made from. */
    keep: (draft, code, body, mark) =>
      change((record) => {
        const now = JSON.parse(draft);
        const waiting = code ? { ...record.waiting, [code]: body } : record.waiting;
        const seen = code ? { [code]: mark, ...record.seen } : record.seen;
        return { ...record, ...now, waiting, seen, answers: { ...now.answers, ...read(waiting) } };
      }),
    /** Puts another draft down in its place. */
    begin: (draft) => change(() => ({ ...nothing, ...JSON.parse(draft) })),
    /** An answer is with us, unless another tab has changed it since. */
    saved: (code, body) =>
      change((record) => {
        const { [code]: now, ...waiting } = record.waiting;
        const { [code]: _, ...seen } = record.seen ?? {};
        return now === body ? { ...record, waiting, seen } : record;
      }),
    /** How far sending has got. */
    queue: (queue) => change((record) => ({ ...record, queue })),
    /** The draft's id as any tab has put it down. */
    async id() {
      let id;
      await change((record) => {
        id = record.id;
        return record;
      });
      return id ?? undefined;
    },
    /** Nothing is left here, and nothing comes after it. */
    async wipe() {
      await change(() => undefined);
      works = false;
    },
    /** Waits until no other tab is at it; gives the function that lets the next one. */
    alone: () =>
      new Promise((mine) =>
        navigator.locks ? navigator.locks.request("onrecord", () => new Promise((done) => mine(done))) : mine(() => {}),
      ),
    /** Whether Send has to wait for files: 0 for no, 1 for yes, 2 when they do not move. What is not asked yet does not. */
    holds() {
      try {
        return window.fileQueue?.holds() ?? ("files" in localStorage ? 2 : 0);
      } catch {
        return 0;
      }
    },
    /** Whether the server is there to read a form: 0 for no, 1 for yes, 2 when there are signs in it that only the server can read. */
    asks: (form) => navigator.onLine && 1 + /[^\P{C}\n\r\t]|[^\P{Z} ]|\p{DI}|[^\0-\x7f]\S*@|@\S*[^\0-\x7f]/u.test([...new FormData(form)]),
    /** Tells what is with us, whenever the queue of files has found out. */
    received: (tell) => addEventListener("files", ({ detail }) => tell(detail)),
    /** Waits so many milliseconds, or until there is a connection again; whether that was it. */
    pause,
  };
})();
