// What somebody writes about their case stays with this tab until it is sent: a phone ends a tab as soon as its person takes a photo.
// No other tab can read it. It goes with the tab, with signing out and with leaving fast, and is never kept on a shared phone: pages
// there do without this script.
(() => {
  const mark = "typed ";
  const hours = 12 * 3_600_000;
  let left = false;
  addEventListener("leave", () => { left = true; });

  // A browser may refuse to keep anything. Then nothing is kept.
  const tried = (act) => { try { return act(); } catch { return undefined; } };
  const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(mark));
  const kept = (name) => tried(() => JSON.parse(sessionStorage.getItem(name)));
  const forget = (which) => tried(() => names().filter(which).forEach((name) => sessionStorage.removeItem(name)));

  forget((name) => !(Date.now() - kept(name)?.at < hours));
  addEventListener("submit", ({ target }) => {
    if (/\/(sign-out|signed-in-devices)$/.test(target.action)) forget(() => true);
  });
  // The page of the case says that something was done: what was sent is there now.
  if (new URLSearchParams(location.search).has("done")) {
    forget((name) => name.startsWith(`${mark}${location.pathname}/`) && kept(name)?.sent);
  }

  const form = document.getElementById("send")?.form;
  if (!form) return;
  // Somebody else on the case, on the same device, is not to find it.
  const here = `${mark}${location.pathname} ${location.search} ${form.dataset.by}`;
  const fields = () => [...form.elements].filter((field) => field.name && (/^(text|textarea|radio|select-one)$/.test(field.type) || field.name === "key"));
  const value = (field) => (field.type === "radio" && !field.checked ? null : field.value);
  const keep = (sent) => {
    if (left) return;
    const values = fields().map((field) => [field.name, value(field)]);
    tried(() => sessionStorage.setItem(here, JSON.stringify({ at: Date.now(), sent, values })));
  };
  // What the server has sent back is newer. The name of the form comes back with the words, so that what was sent is not sent twice.
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
