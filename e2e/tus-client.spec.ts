// tus-js-client as published, in this browser, against our server, over a connection that breaks off.

import { createHash, randomBytes } from "node:crypto";
import { answerUpTo } from "./support/steps";
import { photo } from "./support/files";
import { expect, test } from "./support/test";

test.skip(({ scripted }) => !scripted, "it is a script");
// The content security policy of our pages allows no other script; the server's responses are the same.
test.use({ bypassCSP: true, allowedConsole: /ERR_FAILED/ });

for (const { name, chunk, breaks } of [
  { name: "in one go", chunk: 0, breaks: 0 },
  { name: "in chunks over a line that breaks", chunk: 700_000, breaks: 3 },
]) {
  test(`tus-js-client ${name}`, async ({ page, context }) => {
    await answerUpTo(page.request);
    await page.goto("/help");
    await page.addScriptTag({ path: "node_modules/tus-js-client/dist/tus.min.js" });
    let broken = 0;
    await context.route("**/api/v1/uploads/*", async (route) => {
      const { method, headers } = { method: route.request().method(), headers: route.request().headers() };
      // The part arrives, but the response does not: the client has to ask for the offset.
      if (method === "PATCH" && Number(headers["upload-offset"]) > 0 && broken < breaks) {
        broken++;
        await route.fetch();
        return route.abort("failed");
      }
      return route.continue();
    });
    const bytes = randomBytes(4_000_001);
    photo().buffer.copy(bytes);
    const url = await page.evaluate(
      async ([base64, chunk]) => {
        const { tus } = window as unknown as { tus: typeof import("tus-js-client") };
        const file = await fetch(`data:image/png;base64,${base64}`).then((answer) => answer.blob());
        return new Promise<string>((done, failed) => {
          const upload = new tus.Upload(file, {
            endpoint: "/api/v1/uploads",
            chunkSize: chunk || Infinity,
            retryDelays: [50, 100, 200, 400],
            metadata: { filename: "mould é.png", filetype: "image/png", purpose: "evidence" },
            onError: failed,
            onSuccess: () => done(upload.url!),
          });
          upload.start();
        });
      },
      [bytes.toString("base64"), chunk] as const,
    );
    expect(broken).toBe(breaks);
    const file = await page.request.get(new URL(url, page.url()).pathname).then((answer) => answer.json());
    expect(file.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(file.filename).toBe("mould é.png");
  });
}
