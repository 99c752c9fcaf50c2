// Whole complaints through the REST API, every call durable, beside a loop of durable inserts on the same disk in the same
// run.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { complaint, declaration } from "./answers.mjs";
import { insertRows, sendComplaints } from "./load.mjs";
import { resident, weighed } from "./process.mjs";

export async function measure({ url, pid }) {
  const answers = [...complaint, declaration];
  const folder = mkdtempSync(`${tmpdir()}/onrecord-inserts-`);
  try {
    const before = await insertRows(folder, 3);
    const journeys = await weighed(pid, () => sendComplaints(url, answers, {}));
    const later = await insertRows(folder, 3);
    const inserts = (before.per_second + later.per_second) / 2;
    // The draft, its answers and the submission.
    const durable = journeys.per_second * (1 + answers.length + 1);
    return { journeys, durable_per_second: durable, inserts_per_second: inserts, share: durable / inserts, resident_kb: resident(pid) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
