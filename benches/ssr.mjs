// Pages per second, requested as browsers do: the page of a first visitor, a page of the questionnaire whose draft is looked up and
// rendered for every request, and the page of a case.

import { complaint, pages } from "./answers.mjs";
import { sentCase } from "./cases.mjs";
import { getPages } from "./load.mjs";
import { resident, weighed } from "./process.mjs";

/** The requested page; eight answers come before it. */
export const page = "/complaint/put-right";

/** The encodings that browsers accept. */
export const encodings = "accept-encoding: gzip, deflate, br, zstd";

export async function measure({ url, pid }) {
  const load = (path, options) => weighed(pid, () => getPages(url, path, options));
  const first = await load("/", { headers: [encodings] });
  // The address of a campaign or an email: the page is rendered for each visitor.
  const first_alone = await load("/?from=leaflet", { headers: [encodings] });
  const cookie = await draft(url);
  const bare = await load(page, { headers: [`cookie: ${cookie}`] });
  const brotli = await load(page, { headers: [`cookie: ${cookie}`, encodings] });
  const sent = await sentCase(url, 0);
  const of_case = await load(sent.path, { headers: [`cookie: ${sent.cookie}`, encodings] });
  // Without a draft there is no lookup, which leaves the rendering.
  const undrafted = await load(pages[0].path, { seconds: 5, headers: ["cookie: draft=none"] });
  const live = await load("/livez", { seconds: 5 });
  return { first, first_alone, plain: bare, brotli, of_case, without_draft: undrafted, livez: live, resident_kb: resident(pid) };
}

/** Creates a draft with an answer to every question. Returns its cookie. */
async function draft(url) {
  const made = await fetch(`${url}/api/v1/drafts`, { method: "POST" });
  const { id, token } = await made.json();
  for (const { step, json } of complaint) {
    const saved = await fetch(`${url}/api/v1/drafts/${id}/answers/${step}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(json),
    });
    if (!saved.ok) throw new Error(`${step}: ${saved.status} ${await saved.text()}`);
  }
  return made.headers.get("set-cookie").split(";")[0];
}
