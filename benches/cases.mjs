// The page of a case with few cases and with very many in the database. The same people look at the same pages in both.
// ONRECORD_CASES lowers the large number for a trial run.

import { Agent, get } from "node:http";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { complaint, declaration } from "./answers.mjs";
import { resident } from "./process.mjs";

const few = 1_000;
const many = Number(process.env.ONRECORD_CASES ?? 1_000_000);
const readers = 4;
const views = 4_000;
/** Messages on each case besides its submission. */
const messages = 5;

export async function measure({ url, pid }) {
  const cases = [];
  let begun = 0;
  const make = async () => {
    while (begun < few) cases.push(await sentCase(url, begun++));
  };
  await Promise.all(Array.from({ length: 8 }, make));
  await look(url, cases, 500);
  const at_few = { ...(await look(url, cases, views)), resident_kb: resident(pid) };
  await promisify(execFile)("python3", ["benches/cases.py", process.env.ONRECORD_DATA, String(many)]);
  await look(url, cases, 500);
  const at_many = { ...(await look(url, cases, views)), resident_kb: resident(pid) };
  return { few: cases.length, many, at_few, at_many };
}

async function call(url, path, token, json, { method = "POST", ...headers } = {}) {
  const answer = await fetch(url + path, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...headers },
    body: json === undefined ? undefined : JSON.stringify(json),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** Creates a case with some messages. Returns its path and the sender's cookie. */
export async function sentCase(url, number) {
  const { id, token } = await (await call(url, "/api/v1/drafts")).json();
  for (const { step, json } of [...complaint, declaration]) {
    await call(url, `/api/v1/drafts/${id}/answers/${step}`, token, json, { method: "PUT" });
  }
  const receipt = await (await call(url, `/api/v1/drafts/${id}/submission`, token, undefined, { "idempotency-key": "bench" })).json();
  const typed = { reference: receipt.reference, access_code: receipt.access_code };
  const session = await (await call(url, "/api/v1/sessions", "", typed, { prefer: "return=representation" })).json();
  for (let n = 0; n < messages; n += 1) {
    const headers = { "idempotency-key": `${number}-${n}` };
    await call(url, `/api/v1/cases/${receipt.reference}/messages`, session.token, { message: "Nobody came again." }, headers);
  }
  return { path: `/cases/${receipt.reference}`, cookie: `session=${session.token}` };
}

/** Requests `count` pages of cases in turn. Returns statistics of the milliseconds until a page is complete. */
async function look(url, cases, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: readers });
  const times = [];
  let next = 0;
  const one = ({ path, cookie }) =>
    new Promise((done, fail) => {
      const began = performance.now();
      get(url + path, { agent, headers: { cookie } }, (answer) => {
        if (answer.statusCode !== 200) fail(new Error(`${path}: ${answer.statusCode}`));
        answer.resume();
        answer.once("end", () => done(performance.now() - began));
      }).once("error", fail);
    });
  const reader = async () => {
    // A stride that visits every case before any comes again.
    while (next < count) times.push(await one(cases[(next++ * 7_919) % cases.length]));
  };
  await Promise.all(Array.from({ length: readers }, reader));
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { count: times.length, median_ms: at(0.5), p99_ms: at(0.99) };
}
