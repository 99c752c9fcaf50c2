// The cost of a small copy of a photo for the phone and its connection, and when it would arrive: decision 44. Run with `node
// benches/small_copy.mjs`, with Chromium as for the tests.

import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";

const system = "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath: existsSync(system) ? system : undefined, args: ["--no-sandbox"] });
const page = await browser.newPage();
await page.goto("about:blank");

/** A JPEG of 12 megapixels that is as detailed as a photo. */
await page.evaluate(async () => {
  const canvas = new OffscreenCanvas(4000, 3000);
  const paper = canvas.getContext("2d");
  for (let i = 0; i < 150_000; i++) {
    paper.fillStyle = `hsl(${(i * 47) % 360} ${20 + (i % 50)}% ${20 + (i % 60)}%)`;
    paper.fillRect((i * 7919) % 4000, (i * 104_729) % 3000, 3 + (i % 50), 3 + (i % 40));
  }
  window.photo = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.98 });
});
const session = await page.context().newCDPSession(page);
for (const rate of [1, 4, 6]) {
  await session.send("Emulation.setCPUThrottlingRate", { rate });
  const made = await page.evaluate(async () => {
    const begun = performance.now();
    const picture = await createImageBitmap(window.photo, { resizeWidth: 1600, resizeQuality: "medium" });
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    const copy = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
    return { ms: Math.round(performance.now() - begun), original: window.photo.size, copy: copy.size };
  });
  const seconds = (bytes) => ((bytes * 8) / 750_000).toFixed(1);
  console.log(
    `slowed ${rate} times: made in ${made.ms} ms; ${made.original} bytes take ${seconds(made.original)} s at 750 kbit/s, ` +
      `the copy of ${made.copy} takes ${seconds(made.copy)} s`,
  );
}
await browser.close();
