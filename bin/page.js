// Bundles the page into dist/web: a step of `npm run build`.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {string} path */
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { metafile } = await build({
  entryPoints: { page: at("src/web/main.ts"), "audio-worklet": at("src/web/audio-worklet.ts") },
  outdir: at("dist/web"),
  bundle: true,
  metafile: true,
  splitting: true, // mpegts.js is loaded where it is needed
  format: "esm",
  target: ["chrome110", "firefox113", "safari17"],
  minify: true,
  legalComments: "none", // the licences stand beside
  logLevel: "warning",
});
await build({
  entryPoints: [at("src/web/page.css")],
  outdir: at("dist/web"),
  target: ["chrome111", "firefox113", "safari17"],
  minify: true,
  logLevel: "warning",
});

copyFileSync(at("src/web/icon.svg"), at("dist/web/icon.svg"));
const require = createRequire(import.meta.url);
copyFileSync(join(dirname(require.resolve("uqr")), "../LICENSE"), at("dist/web/uqr.LICENSE.txt"));
const mpegts = require.resolve("mpegts.js");
const licences = [`${mpegts}.LICENSE.txt`, join(dirname(dirname(mpegts)), "LICENSE")];
writeFileSync(at("dist/web/mpegts.js.LICENSE.txt"), licences.map((path) => readFileSync(path)).join("\n"));

// Addresses relative to the page: behind a proxy it may stand below any path.
const [, script] = Object.entries(metafile.outputs).find(([path]) => basename(path) === "page.js") ?? [];
const parts = script?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
const preload = parts.map(
  ({ path }) => `<link rel="modulepreload" href="{{base}}player/${basename(path)}" />`,
);
const page = readFileSync(at("src/web/page.html"), "utf8").replace("{{preload}}", preload.join("\n    "));
writeFileSync(at("dist/web/grid.html"), page.replaceAll("{{base}}", ""));
writeFileSync(at("dist/web/watch.html"), page.replaceAll("{{base}}", "../"));
