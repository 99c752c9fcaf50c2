// Stores the text being typed about a case in `sessionStorage` until it is sent. A phone ends a tab as soon as its owner takes a photo. No
// other tab can read the text. It is deleted with the tab, on signing out and on *Exit this page*. On a shared device pages do not load
// this script.
(() => {
  const mark = "typed ";
  const hours = 12 * 3_600_000;
  let left = false;
  addEventListener("leave", () => { left = true; });

  // A browser may refuse to store anything; then nothing is stored.
  const tried = (act) => { try { return act(); } catch { return undefined; } };
  const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(mark));
  const kept = (name) => tried(() => JSON.parse(sessionStorage.getItem(name)));
  const forget = (which) => tried(() => names().filter(which).forEach((name) => sessionStorage.removeItem(name)));

  forget((name) => !(Date.now() - kept(name)?.at < hours));
  addEventListener("submit", ({ target }) => {
    if (/\/(sign-out|signed-in-devices)$/.test(target.action)) forget(() => true);
  });
  // The page of the case says that an action was done: what was sent is on the server now.
  if (new URLSearchParams(location.search).has("done")) {
    forget((name) => name.startsWith(`${mark}${location.pathname}/`) && kept(name)?.sent);
  }

  const form = document.getElementById("send")?.form;
  if (!form) return;
  // Another participant of the case, on the same device, must not find the text.
  const here = `${mark}${location.pathname} ${location.search} ${form.dataset.by}`;
  const fields = () => [...form.elements].filter((field) => field.name && (/^(text|textarea|radio|select-one)$/.test(field.type) || field.name === "key"));
  const value = (field) => (field.type === "radio" && !field.checked ? null : field.value);
  const keep = (sent) => {
    if (left) return;
    const values = fields().map((field) => [field.name, value(field)]);
    tried(() => sessionStorage.setItem(here, JSON.stringify({ at: Date.now(), sent, values })));
  };
  // Fields with values came from the server and are newer. The idempotency key is restored with the text, so that nothing is sent twice.
  if (fields().some((field) => field.name !== "key" && value(field))) {
    keep(false);
  } else {
    const before = kept(here)?.values ?? [];
    for (const field of fields()) {
      const was = before.find(([name, its]) => name === field.name && its !== null && (field.type !== "radio" || its === field.value))?.[1];
      if (was === undefined) continue;
      if (field.type === "radio") field.checked = true;
      else field.value = was;
    }
  }
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", () => keep(true));
})();
