// Running the load tool, which is in `load/`.

import { execFile, spawn } from "node:child_process";

/** GETs of one page by so many clients for so long; `headers` are whole lines. */
export function getPages(url, path, { clients = 32, seconds = 10, headers = [] }) {
  return run(["pages", new URL(url).host, path, String(clients), String(seconds), ...headers]);
}

/** Whole complaints by so many clients for so long. `answers`: steps with their JSON, in the order they are given. */
export function sendComplaints(url, answers, { clients = 32, seconds = 15 }) {
  const lines = answers.map(({ step, json }) => `${step} ${JSON.stringify(json)}`).join("\n");
  return run(["journeys", new URL(url).host, String(clients), String(seconds)], lines);
}

/** Single inserts, each durable, as fast as SQLite takes them. */
export function insertRows(folder, seconds) {
  return finished(execFile("python3", ["benches/inserts.py", folder, String(seconds)]));
}

function run(words, input = "") {
  const child = spawn(process.env.ONRECORD_LOAD, words, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  return finished(child);
}

/** The JSON a program printed, once it has ended well. */
function finished(child) {
  return new Promise((done, fail) => {
    let out = "";
    let err = "";
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (err += text));
    child.once("error", fail);
    child.once("close", (code) => (code === 0 ? done(JSON.parse(out)) : fail(new Error(`${child.spawnargs.join(" ")}: ${err}`))));
  });
}
