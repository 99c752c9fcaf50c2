// What the server's process has taken of the machine.

import { readFileSync } from "node:fs";

/** Resident memory in KiB, now. */
export function resident(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

/**
 * Processor time in microseconds since it began, all threads. Unlike what a clock on the wall says, it is hardly longer when
 * the machine is busy with other things.
 */
export function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  // utime and stime, in hundredths of a second on every Linux there is.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Runs a load and adds to what it tells how many microseconds of processor the server took for each of what was counted. */
export async function weighed(pid, load) {
  const before = processor(pid);
  const told = await load();
  return { ...told, processor_us: (processor(pid) - before) / told.count };
}
