// The answers that are kept on this phone: a record for each draft in the browser's database, by the draft's number. Reading it, changing it and
// writing it back is one transaction, so that tabs do not undo each other's changes. `local.rs` calls this; the build puts it before the loader.
//
// `answers` is what the person has told, by question; `waiting` is what of it is not with us yet, as the bodies that save it.
const device = (() => {
  const nothing = { answers: {}, waiting: {} };
  const root = document.documentElement;
  const shared = "shared" in root.dataset;
  /** The number of the draft that this page is about. The page names it, or its address does where the page is the one kept on the phone. */
  let number = root.dataset.draft ?? new URLSearchParams(location.search).get("draft");
  let works = false;
  /** Whether there was a record. When it has gone since, another page has taken it away for good. */
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
      const look = async () => {
        const kept = (await open()).transaction("kept", "readwrite").objectStore("kept");
        const old = [];
        await new Promise((done, failed) => {
          kept.transaction.onabort = failed;
          kept.openCursor().onsuccess = ({ target: { result: at } }) => {
            if (!at) return done();
            old.push(at.key);
            // Nothing is kept here longer than with us.
            if (at.key !== number && at.value.at + 864e5 * root.dataset.days < Date.now()) at.delete();
            at.continue();
          };
        });
        // Without a connection an address may name no draft. Where there is one there is no question.
        if (old.length === 1) number ??= old[0];
        // The same where we hold none for a page that names none.
        if (old.length === 1 && "first" in root.dataset && !/draft=/.test(location.search)) number = root.dataset.draft = old[0];
        named();
        await change((record) => (found = record));
      };
      await Promise.race([look().catch(() => {}), pause(1_000)]);
      works &&= found !== undefined;
    },
    /** The number of the draft, as addresses name it. */
    number: named,
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
      new Promise((mine) => {
        const refused = () => mine(() => {});
        navigator.locks?.request(`onrecord ${number}`, () => new Promise(mine)).catch(refused) ?? refused();
      }),
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
