// A slow line between the browser and the server, shared by everything that uses it. The browser's own slowing down gives each
// page and each worker a line of its own, so that what a worker fetches in the background would cost the page nothing.

import { connect, createServer } from "node:net";

/** Bytes that go over the line in one piece; the connections take turns, as they do on a real one. */
const piece = 1_460;
/** Bytes that may wait for the line; whoever sends more is held up. */
const most = 65_536;

/** 400 ms until an answer begins, 400 kbit/s each way. */
export const slow3g = { latency: 400, bytesPerSecond: 400_000 / 8 };

/** 150 ms until an answer begins, 1.6 Mbit/s down, 750 kbit/s up. */
export const fast3g = { latency: 150, bytesPerSecond: 1_600_000 / 8, upBytesPerSecond: 750_000 / 8 };

/** A line to the server at `url`: its own address, what has come over it so far, and how to take it down or cut it. */
export async function slowLink(url, { latency, bytesPerSecond, upBytesPerSecond = bytesPerSecond } = slow3g) {
  const { hostname, port } = new URL(url);
  const down = new Direction(latency / 2, bytesPerSecond);
  const up = new Direction(latency / 2, upBytesPerSecond);
  const open = new Set();
  let isLost = false;
  const listener = createServer((near) => {
    if (isLost) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      open.add(socket);
      socket.on("close", () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    up.carry(near, far);
    down.carry(far, near);
  });
  await new Promise((ready) => listener.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    received: () => down.bytes,
    /** Nothing goes through for so many milliseconds, and what was open is broken. */
    lose: async (ms) => {
      isLost = true;
      for (const socket of open) socket.destroy();
      await new Promise((back) => setTimeout(back, ms));
      isLost = false;
    },
    close: () =>
      new Promise((closed) => {
        for (const socket of open) socket.destroy();
        listener.close(closed);
      }),
  };
}

/** One way of the line. */
class Direction {
  bytes = 0;
  #flows = [];
  #busy = false;

  constructor(delay, bytesPerSecond) {
    this.delay = delay;
    this.rate = bytesPerSecond / 1_000;
  }

  carry(from, to) {
    const flow = { from, to, waiting: [], size: 0 };
    this.#flows.push(flow);
    from.on("data", (bytes) => {
      for (let at = 0; at < bytes.length; at += piece) flow.waiting.push(bytes.subarray(at, at + piece));
      flow.size += bytes.length;
      if (flow.size > most) from.pause();
      this.#next();
    });
    to.on("close", () => {
      this.#flows = this.#flows.filter((other) => other !== flow);
    });
  }

  #next() {
    if (this.#busy) return;
    const flow = this.#flows.find(({ waiting }) => waiting.length > 0);
    if (!flow) return;
    // To the end of the row: the others go first now.
    this.#flows = [...this.#flows.filter((other) => other !== flow), flow];
    const bytes = flow.waiting.shift();
    flow.size -= bytes.length;
    if (flow.size < most) flow.from.resume();
    this.#busy = true;
    const now = performance.now();
    // Timers are late by a little; what they are late by is not added up.
    this.free = Math.max(this.free ?? 0, now - 20) + bytes.length / this.rate;
    setTimeout(() => {
      this.#busy = false;
      this.bytes += bytes.length;
      setTimeout(() => flow.to.destroyed || flow.to.write(bytes), this.delay);
      this.#next();
    }, this.free - now);
  }
}
