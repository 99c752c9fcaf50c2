// Runs the load tool in `load/`.

import { execFile, spawn } from "node:child_process";

/** Requests one page with `clients` clients for `seconds` seconds; `headers` are whole lines. */
export function getPages(url, path, { clients = 32, seconds = 10, headers = [] }) {
  return run(["pages", new URL(url).host, path, String(clients), String(seconds), ...headers]);
}

/** Sends whole complaints with `clients` clients for `seconds` seconds. `answers`: questions with their JSON, in order. */
export function sendComplaints(url, answers, { clients = 32, seconds = 15 }) {
  const lines = answers.map(({ step, json }) => `${step} ${JSON.stringify(json)}`).join("\n");
  return run(["journeys", new URL(url).host, String(clients), String(seconds)], lines);
}

/** Inserts single rows, each durable, as fast as SQLite accepts them. */
export function insertRows(folder, seconds) {
  return finished(execFile("python3", ["benches/inserts.py", folder, String(seconds)]));
}

function run(words, input = "") {
  const child = spawn(process.env.ONRECORD_LOAD, words, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  return finished(child);
}

/** Waits until a program has succeeded. Returns the JSON it printed. */
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
