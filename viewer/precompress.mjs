// Text files of the build are kept compressed beside themselves: a slow line should carry each of them once, small,
// and the hub should not compress the same megabyte for every reader.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const WORTHWHILE_BYTES = 1024;
const TEXT = /\.(js|mjs|css|html|svg|json|wasm|map)$/;

/** @param {string} folder @returns {Generator<string>} */
function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

for (const path of [...files("dist")]) {
  if (!TEXT.test(path) || statSync(path).size < WORTHWHILE_BYTES) continue;
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}
