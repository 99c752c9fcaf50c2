// Sends one photo from a browser over a connection that breaks, in three ways. Each returns the milliseconds from choosing
// the file until the server has it, and how often the person had to start again. The server reports its receipt over another
// connection.

import { fileURLToPath } from "node:url";
import { sleep } from "../numbers.mjs";

const patience = 600_000;
const client = fileURLToPath(new URL("../../node_modules/tus-js-client/dist/tus.min.js", import.meta.url));

/** Opens a page with a draft of its own. Returns it with a function that waits until the server has the file. */
async function there({ browser, url, link }, path) {
  const context = await browser.newContext({ baseURL: link.url, viewport: { width: 360, height: 740 }, locale: "en-GB", bypassCSP: true });
  const { token } = await (await context.request.post(`${url}/api/v1/drafts`)).json();
  const page = await context.newPage();
  await page.goto(path);
  const received = async (began) => {
    for (;;) {
      const answer = await fetch(`${url}/api/v1/drafts/current`, { headers: { authorization: `Bearer ${token}` } });
      const { files } = await answer.json();
      if (files.some(({ state, bytes }) => state !== "receiving" && bytes === 5_000_000)) return performance.now() - began;
      if (performance.now() - began > patience) throw new Error("the photo did not come");
      await sleep(100);
    }
  };
  return { context, page, received };
}

/** Our page, as a resident uses it: the file is chosen, and the script does the rest. */
export async function ourPage(world, breakLine) {
  const { context, page, received } = await there(world, "/complaint/evidence");
  await page.waitForSelector("[data-alive]", { state: "attached", timeout: 120_000 });
  const began = performance.now();
  breakLine();
  await page.setInputFiles("#files", world.file);
  const ms = await received(began);
  await context.close();
  return { ms, again: 0 };
}

/** tus-js-client with its defaults. When it gives up, the person starts it again at once. */
export async function tusClient(world, breakLine) {
  const { context, page, received } = await there(world, "/help");
  await page.addScriptTag({ path: client });
  await choose(page, world.file);
  const began = performance.now();
  breakLine();
  await page.evaluate(() => {
    globalThis.again = 0;
    const [file] = document.querySelector("#chosen").files;
    const upload = new globalThis.tus.Upload(file, {
      endpoint: "/api/v1/uploads",
      metadata: { filename: file.name, filetype: file.type, purpose: "evidence" },
      onError: () => {
        globalThis.again += 1;
        setTimeout(() => upload.start(), 100);
      },
    });
    upload.start();
  });
  const ms = await received(began);
  const again = await page.evaluate(() => globalThis.again);
  await context.close();
  return { ms, again };
}

/** A plain form, sent again from its beginning as soon as the connection is back. */
export async function plainForm(world, breakLine) {
  const { context, page, received } = await there(world, "/help");
  await choose(page, world.file);
  const began = performance.now();
  breakLine();
  await page.evaluate(() => {
    globalThis.again = 0;
    const [file] = document.querySelector("#chosen").files;
    const send = () => {
      const form = new FormData();
      form.append("files", file);
      form.append("action", "upload");
      const began = performance.now();
      fetch("/complaint/evidence", { method: "POST", body: form, redirect: "manual" }).catch(() => {
        // While the connection is down an attempt fails at once; only attempts that had begun are counted as started again.
        if (performance.now() - began > 500) globalThis.again += 1;
        setTimeout(send, 100);
      });
    };
    send();
  });
  const ms = await received(began);
  const again = await page.evaluate(() => globalThis.again);
  await context.close();
  return { ms, again };
}

async function choose(page, file) {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement("input"), { type: "file", id: "chosen" });
    document.body.append(input);
  });
  await page.setInputFiles("#chosen", file);
}
