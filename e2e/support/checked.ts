// Playwright's global set-up: the folder in which all workers of a run note which states of pages axe has checked.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The environment variable with the folder. The workers inherit it. */
export const folder = "ONRECORD_E2E_CHECKED";

export default function setUp(): () => void {
  const made = mkdtempSync(join(tmpdir(), "onrecord-checked-"));
  process.env[folder] = made;
  return () => rmSync(made, { recursive: true, force: true });
}
