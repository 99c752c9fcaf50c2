// Measures the speed of a large file beside nginx, the memory for many files at once, and a photo on a connection that
// breaks. Sizes are realistic; ONRECORD_UPLOAD_BYTES makes the large file smaller for a trial run.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fast3g, slowLink } from "./link.mjs";
import { nginx } from "./nginx.mjs";
import { sleep } from "./numbers.mjs";
import { resident } from "./process.mjs";
import { announce, draft, film, photo, put, send } from "./uploads/files.mjs";
import { ourPage, plainForm, tusClient } from "./uploads/phones.mjs";

const large = Number(process.env.ONRECORD_UPLOAD_BYTES ?? 1_000_000_000);
const pieces = 8_000_000;
const many = 50;
/** What each of the many clients sends: 4 MB in 20 seconds. */
const slowly = { bytes: 4_000_000, perSecond: 200_000 };
/** The connection is lost for five seconds at each of these times, in milliseconds after the file was chosen. */
const losses = [10_000, 30_000, 50_000];
const lost = 5_000;

export async function measure({ browser, url, pid }) {
  const folder = mkdtempSync(join(tmpdir(), "onrecord-uploads-"));
  try {
    return {
      large: { bytes: large, ...(await speeds(url, folder)) },
      many: { number: many, ...(await memory(url, pid)) },
      broken: await broken(browser, url, folder),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bytes per second of the large file: in one request, in pieces, and with nginx's PUT, which flushes nothing to disk. */
async function speeds(url, folder) {
  const timed = async (work) => {
    const began = performance.now();
    await work();
    return large / ((performance.now() - began) / 1_000);
  };
  const ours = async (most) => {
    const token = await draft(url);
    return timed(async () => {
      const address = await announce(url, token, large);
      for (let at = 0; at < large; at += most) await send(url, address, token, at, film(at, Math.min(most, large - at)));
    });
  };
  const server = await nginx(folder);
  try {
    return {
      whole_per_second: await ours(large),
      pieces_per_second: await ours(pieces),
      nginx_per_second: server && (await timed(() => put(`${server.url}/film.mp4`, large, film(0, large)))),
    };
  } finally {
    await server?.stop();
  }
}

/** Memory of the server in KiB: before, and the maximum while many files arrive slowly at once. */
async function memory(url, pid) {
  const idle_kb = resident(pid);
  let most_kb = 0;
  const timer = setInterval(() => (most_kb = Math.max(most_kb, resident(pid))), 50);
  const one = async () => {
    const token = await draft(url);
    const address = await announce(url, token, slowly.bytes);
    await send(url, address, token, 0, film(0, slowly.bytes, slowly.perSecond));
  };
  try {
    await Promise.all(Array.from({ length: many }, one));
  } finally {
    clearInterval(timer);
  }
  return { idle_kb, most_kb };
}

/** Milliseconds from choosing a photo of 5 MB until the server has it, each on a connection that breaks at the same times. */
async function broken(browser, url, folder) {
  const file = photo(folder, 5_000_000);
  const over = async (way) => {
    const link = await slowLink(url, fast3g);
    const cuts = [];
    try {
      return await way({ browser, url, link, file }, () => {
        for (const after of losses) cuts.push(sleep(after).then(() => link.lose(lost)));
      });
    } finally {
      await link.close();
    }
  };
  return { ours: await over(ourPage), tus_js_client: await over(tusClient), plain_form: await over(plainForm) };
}
