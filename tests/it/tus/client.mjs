// Sends a file with tus-js-client, unmodified, over a connection that breaks, and prints the result.
//   node client.mjs ENDPOINT TOKEN FILE CHUNK BREAKS
// CHUNK is the bytes in one request (0: the rest of the file). The connection is cut BREAKS times, in the middle of a request.

import { readFileSync } from "node:fs";
import net from "node:net";
import * as tus from "tus-js-client";

const [endpoint, token, path, chunk, breaks] = process.argv.slice(2);
const target = new URL(endpoint);
const file = readFileSync(path);
const counts = { requests: {}, cut: 0 };

// A proxy between the client and the server that sometimes closes a connection in the middle of a request.
const line = net.createServer((client) => {
  const server = net.connect(Number(target.port), target.hostname);
  const end = () => [client, server].forEach((side) => side.destroy());
  [client, server].forEach((side) => side.on("error", end).on("close", end));
  let seen = 0;
  client.on("data", (piece) => {
    seen += piece.length;
    if (counts.cut < Number(breaks) && seen > 1_000_000) {
      counts.cut += 1;
      setTimeout(end, 50);
      client.pause();
    }
    server.write(piece);
  });
  server.pipe(client);
});
await new Promise((listening) => line.listen(0, "127.0.0.1", listening));

const upload = new tus.Upload(file, {
  endpoint: `http://127.0.0.1:${line.address().port}${target.pathname}`,
  headers: { Authorization: `Bearer ${token}` },
  chunkSize: Number(chunk) || Infinity,
  retryDelays: [100, 100, 200, 200, 400],
  metadata: { filename: "mould é.jpg", filetype: "image/jpeg", purpose: "evidence" },
  onBeforeRequest: (request) => {
    counts.requests[request.getMethod()] = (counts.requests[request.getMethod()] ?? 0) + 1;
  },
  onError: (error) => finish({ error: String(error) }),
  onSuccess: () => finish({ url: new URL(upload.url).pathname }),
});
upload.start();

function finish(result) {
  process.stdout.write(`${JSON.stringify({ ...result, ...counts })}\n`);
  process.exit();
}
