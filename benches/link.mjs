// A slow connection between the browser and the server, shared by all its traffic. The browser's own throttling applies to
// each page and worker separately, so that a worker's background download would cost the page nothing.

import { connect, createServer } from "node:net";

/** Bytes sent in one piece. Connections take turns, as they do on a real network. */
const piece = 1_460;
/** Bytes that may be queued; a sender with more is paused. */
const most = 65_536;

/** 400 ms until a response begins, 400 kbit/s each way. */
export const slow3g = { latency: 400, bytesPerSecond: 400_000 / 8 };

/** 150 ms until a response begins, 1.6 Mbit/s down, 750 kbit/s up. */
export const fast3g = { latency: 150, bytesPerSecond: 1_600_000 / 8, upBytesPerSecond: 750_000 / 8 };

/** Opens a slow connection to the server at `url`. Returns its address, the bytes received so far, and how to break or close it. */
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
    /** Breaks all open connections and refuses new ones for `ms` milliseconds. */
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

/** One direction of the connection. */
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
    // To the end of the list, so that the other flows go first.
    this.#flows = [...this.#flows.filter((other) => other !== flow), flow];
    const bytes = flow.waiting.shift();
    flow.size -= bytes.length;
    if (flow.size < most) flow.from.resume();
    this.#busy = true;
    const now = performance.now();
    // Timers are slightly late; the delay must not add up.
    this.free = Math.max(this.free ?? 0, now - 20) + bytes.length / this.rate;
    setTimeout(() => {
      this.#busy = false;
      this.bytes += bytes.length;
      setTimeout(() => flow.to.destroyed || flow.to.write(bytes), this.delay);
      this.#next();
    }, this.free - now);
  }
}
