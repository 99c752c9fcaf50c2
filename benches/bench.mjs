// Measures the release build and prints the figures. `cargo xtask bench [PART]...` starts it and sets its environment.
// Without a PART it measures all of them. Details also go to target/bench.json.

import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { launch } from "./browser.mjs";
import { figures } from "./figures.mjs";
import { resident } from "./process.mjs";
import { table } from "./table.mjs";

/** The parts in the order they are measured: the browser first, while the server is idle. */
const parts = {
  bytes: { module: "./bytes.mjs", inBrowser: true },
  first: { module: "./first_question.mjs", inBrowser: true },
  journey: { module: "./journey.mjs", inBrowser: true },
  steps: { module: "./steps.mjs", inBrowser: true },
  pages: { module: "./ssr.mjs" },
  // Only with `--peer URL`.
  peer: { module: "./peer.mjs", onlyAsked: true },
  submissions: { module: "./submissions.mjs" },
  // Making a million cases takes minutes, so this part runs only when named.
  cases: { module: "./cases.mjs", onlyAsked: true },
  // This part takes minutes, gigabytes and a server with other limits, so it runs only when named.
  uploads: { module: "./uploads.mjs", inBrowser: true, onlyAsked: true },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}. Parts: ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}

const world = {
  url: process.env.ONRECORD_URL,
  pid: Number(process.env.ONRECORD_PID),
  site: process.env.ONRECORD_SITE ?? "target/site",
  peer: process.env.ONRECORD_PEER,
};
const isRun = (name) => (name === "peer" ? world.peer !== undefined : asked.length > 0 ? asked.includes(name) : !parts[name].onlyAsked);
const result = { at: new Date().toISOString(), processors: cpus().length, load_before: loadavg()[0], idle_kb: resident(world.pid) };
let browser;
try {
  for (const name of Object.keys(parts).filter(isRun)) {
    const { module, inBrowser } = parts[name];
    const began = Date.now();
    process.stdout.write(`- Measure ${name} ... `);
    const { measure } = await import(module);
    if (inBrowser) browser ??= await launch();
    if (!inBrowser && browser) {
      await browser.close();
      browser = undefined;
    }
    result[name] = await measure({ ...world, browser });
    console.log(`${Math.round((Date.now() - began) / 1000)} s`);
  }
} finally {
  await browser?.close();
}
result.load_after = loadavg()[0];
writeFileSync("target/bench.json", `${JSON.stringify(result, null, 2)}\n`);

console.log(`\n${table(figures(result))}`);
console.log(`\n${result.processors} processors; load before ${result.load_before.toFixed(1)}, after ${result.load_after.toFixed(1)}. Details: target/bench.json`);
