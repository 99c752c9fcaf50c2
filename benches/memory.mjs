// The server's resident memory.

import { readFileSync } from "node:fs";

/** In KiB, now. */
export function resident(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}
