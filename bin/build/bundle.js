// What node runs, as one file each.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { at } from "./paths.js";

/**
 * The command and what code imports; the process of recordings; and what loads the first.
 * @returns the paths of all that is in them
 */
export async function bundleProgram() {
  const { metafile } = await bundle("src/program.ts", "dist/flvcast.cjs", {}, hasSourceMap);
  await bundle("src/recordings/disk-process.ts", "dist/disk-process.cjs");
  const hash = createHash("sha256")
    .update(readFileSync(at("dist/flvcast.cjs")))
    .digest("hex");
  await bundle("src/cli/run.ts", "dist/run.cjs", { PROGRAM_HASH: JSON.stringify(hash) });
  writeFileSync(at("dist/index.js"), EXPORTS);
  return Object.keys(metafile.inputs);
}

const EXPORTS = `export { exitCodes, startCast, startStream, UserError } from "./flvcast.cjs";\n`;

/** Asked for with `npm run build -- --source-map`: it stands beside the bundle, for bin/trace.js, and is not published. */
const hasSourceMap = process.argv.includes("--source-map");

/**
 * With the code of all packages but those that are looked for at run time.
 * @param {string} entry
 * @param {string} outfile
 * @param {Record<string, string>} [constants]
 * @param {boolean} [isMapped]
 */
export async function bundle(entry, outfile, constants = {}, isMapped = false) {
  return await build({
    entryPoints: [at(entry)],
    outfile: at(outfile),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    define: { "import.meta.url": "packageUrl", ...constants },
    banner: { js: 'const packageUrl = require("node:url").pathToFileURL(__filename).href;' },
    minifyWhitespace: true,
    minifySyntax: true,
    charset: "ascii", // read as Latin-1, a byte is a character
    metafile: true,
    legalComments: "none", // the licences stand beside
    logLevel: "warning",
    sourcemap: isMapped && "external",
    sourcesContent: false,
  });
}
