// The loader of the portal's Wasm, which the build appends to the wasm-bindgen glue: hydrates the pages of sign-in and of cases. The name in `WASM`
// becomes the hashed one. Without the Wasm, or if it fails, the pages work as the server rendered them.
const link = document.getElementById("text");
const sentences = fetch(link.href).then((answer) => answer.json()).catch(() => undefined);
const ready = await __wbg_init({ module_or_path: new URL(WASM, import.meta.url).pathname }).then(() => sentences).catch(() => undefined);
/** Neither a translated page nor one with a part that another script draws is as the server rendered it. */
const isAsServed = () => !/\btranslated-/.test(document.documentElement.className) && !document.querySelector("#app [data-own]");

let broken = !ready;
const hydratePage = () => { if (!broken && isAsServed()) hydrate(); };
addEventListener("error", ({ error }) => { if (/wasm/.test(error?.stack)) broken = true; });
if (ready) {
  start({ ...ready, "files.hint": link.dataset.hint });
  hydratePage();
  // `public/portal.js` has changed the page.
  addEventListener("shown", hydratePage);
  // Before any other script sends the form.
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (broken || !isAsServed() || form.getAttribute("method") !== "post" || (submitter && !form.contains(submitter))) return;
    if (check_form(form, submitter?.name ?? "", submitter?.value ?? "")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}
