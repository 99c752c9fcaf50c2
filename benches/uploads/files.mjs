// Makes files and sends them with tus as a program does.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";

const beginning = readFileSync("tests/samples/plain.mp4");
/** A megabyte that does not compress. */
const noise = Buffer.concat(Array.from({ length: 1_000_000 / 32 }, (_, i) => createHash("sha256").update(String(i)).digest()));

/** Yields `size` bytes of a film from `at` on, as fast as they are taken or at `perSecond` bytes per second. */
export async function* film(at, size, perSecond) {
  const step = perSecond ? perSecond / 10 : noise.length;
  const began = performance.now();
  for (let given = 0; given < size; ) {
    const here = at + given;
    const part = here < beginning.length ? beginning.subarray(here) : noise.subarray(here % noise.length);
    const piece = part.subarray(0, Math.min(step, size - given));
    given += piece.length;
    yield piece;
    if (perSecond) await new Promise((go) => setTimeout(go, began + (given / perSecond) * 1_000 - performance.now()));
  }
}

/** Writes a photo of `bytes` bytes: a picture, followed by data after its end. */
export function photo(folder, bytes) {
  const path = join(folder, "mould.jpg");
  const picture = readFileSync("tests/samples/plain.jpg");
  const rest = Array.from({ length: Math.ceil(bytes / noise.length) }, () => noise);
  writeFileSync(path, Buffer.concat([picture, ...rest]).subarray(0, bytes));
  return path;
}

/** Creates a draft. Returns its token. */
export async function draft(url) {
  const { body } = await call("POST", `${url}/api/v1/drafts`, {});
  return JSON.parse(body).token;
}

const tus = (token) => ({ authorization: `Bearer ${token}`, "tus-resumable": "1.0.0" });

/** Announces a film. Returns its address. */
export async function announce(url, token, size) {
  const metadata = `filename ${Buffer.from("film.mp4").toString("base64")},purpose ${Buffer.from("evidence").toString("base64")}`;
  const { headers } = await call("POST", `${url}/api/v1/uploads`, { ...tus(token), "upload-length": size, "upload-metadata": metadata });
  return new URL(headers.location, url).href;
}

/** Sends the bytes of an upload from `at` on. */
export async function send(_, address, token, at, bytes) {
  const headers = { ...tus(token), "upload-offset": at, "content-type": "application/offset+octet-stream" };
  await call("PATCH", address, headers, bytes);
}

export async function put(address, size, bytes) {
  await call("PUT", address, { "content-length": size }, bytes);
}

async function call(method, address, headers, bytes) {
  return new Promise((done, fail) => {
    const sent = request(address, { method, headers }, async (answer) => {
      let body = "";
      for await (const piece of answer) body += piece;
      if (answer.statusCode < 300) done({ headers: answer.headers, body });
      else fail(new Error(`${method} ${address}: ${answer.statusCode} ${body}`));
    });
    sent.on("error", fail);
    pour(bytes ?? [], sent).catch(fail);
  });
}

async function pour(bytes, into) {
  for await (const piece of bytes) {
    if (!into.write(piece)) await new Promise((go) => into.once("drain", go));
  }
  into.end();
}
