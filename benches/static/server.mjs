// The lower bound: the same question as a static page from a minimal server, compressed and kept in memory.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { brotliCompressSync } from "node:zlib";

/** Starts the server on a free port. Returns its address, the bytes of the page, and how to stop it. */
export async function serve() {
  const html = readFileSync(new URL("first-question.html", import.meta.url), "utf8");
  const first = brotliCompressSync(html);
  const second = brotliCompressSync(html.replaceAll("Who are you?", "What is your name?"));
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      request.resume().on("end", () => response.writeHead(303, { location: "/complaint/name" }).end());
      return;
    }
    const body = request.url === "/complaint/name" ? second : first;
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "br",
      "content-length": body.length,
      "cache-control": "no-store",
    });
    response.end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    bytes: first.length,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
