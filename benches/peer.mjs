// Measures another program that serves the same two pages: the start page, and a question with a draft that its cookie names.
// `peer/app.py` is one, in Django.

import { getPages } from "./load.mjs";
import { encodings, page } from "./ssr.mjs";

export async function measure({ peer }) {
  const first = await getPages(peer, "/", { headers: [encodings] });
  const visit = await fetch(`${peer}${page}`);
  const cookie = visit.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  if (!visit.ok || cookie === "") throw new Error(`${peer}${page}: status ${visit.status}, cookie "${cookie}"`);
  const draft = await getPages(peer, page, { headers: [`cookie: ${cookie}`, encodings] });
  return { first, draft };
}
