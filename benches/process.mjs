// Memory and processor time of the server's process.

import { readFileSync } from "node:fs";

/** Returns the resident memory in KiB. */
export function resident(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

/**
 * Returns the processor time of all threads in microseconds since the process began. Unlike elapsed time, it is hardly longer
 * when the machine is busy with other work.
 */
export function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  // utime and stime, in hundredths of a second on every Linux.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Runs a load. Adds the server's processor time in microseconds per counted item to its result. */
export async function weighed(pid, load) {
  const before = processor(pid);
  const told = await load();
  return { ...told, processor_us: (processor(pid) - before) / told.count };
}
