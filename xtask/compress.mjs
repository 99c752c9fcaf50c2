// Writes FILE.br and FILE.gz beside each file named on the command line, when that is smaller than the file itself. Node has
// both in C; an unoptimised Rust build would take a minute.
import { readFileSync, writeFileSync, rmSync } from "node:fs";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";

for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      // One block may be as large as the Wasm: 0.4 % smaller than with the default of 64 KB.
      [constants.BROTLI_PARAM_LGBLOCK]: 21,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  for (const [ending, packed] of [["br", brotli], ["gz", gzipSync(bytes, { level: 9 })]]) {
    const twin = `${file}.${ending}`;
    if (packed.length < bytes.length) writeFileSync(twin, packed);
    else rmSync(twin, { force: true });
  }
}
