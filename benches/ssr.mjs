// Pages per second: a page of the questionnaire whose draft is looked up and rendered for every request.

import { complaint, pages } from "./answers.mjs";
import { getPages } from "./load.mjs";
import { resident, weighed } from "./process.mjs";

/** The requested page; eight answers come before it. */
const page = "/complaint/put-right";

export async function measure({ url, pid }) {
  const cookie = await draft(url);
  const bare = await weighed(pid, () => getPages(url, page, { headers: [`cookie: ${cookie}`] }));
  const brotli = await weighed(pid, () => getPages(url, page, { headers: [`cookie: ${cookie}`, "accept-encoding: br"] }));
  // Without a draft there is no lookup, which leaves the rendering.
  const undrafted = await weighed(pid, () => getPages(url, pages[0].path, { seconds: 5, headers: ["cookie: draft=none"] }));
  const live = await weighed(pid, () => getPages(url, "/livez", { seconds: 5 }));
  return { plain: bare, brotli, without_draft: undrafted, livez: live, resident_kb: resident(pid) };
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
