// Checks the OpenAPI description against the OpenAPI 3.1 specification: `node openapi.mjs FILE`.

import { createConfig, lintFromString } from "@redocly/openapi-core";
import { readFileSync } from "node:fs";

const file = process.argv[2];
const config = await createConfig({ rules: { struct: "error" } });
const problems = await lintFromString({ source: readFileSync(file, "utf8"), absoluteRef: file, config });
for (const { message, location } of problems) {
  console.error(`${location[0]?.pointer ?? "#"}: ${message}`);
}
process.exitCode = problems.length === 0 ? 0 : 1;
