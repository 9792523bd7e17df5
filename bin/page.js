// Bundles the page into dist/web: a step of `npm run build`.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {string} path */
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { metafile } = await build({
  entryPoints: {
    page: at("src/web/main.ts"),
    recordings: at("src/web/recordings/main.ts"),
    "audio-worklet": at("src/web/audio-worklet.ts"),
  },
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
  entryPoints: { page: at("src/web/page.css"), recordings: at("src/web/recordings/recordings.css") },
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

const template = readFileSync(at("src/web/page.html"), "utf8");

/**
 * Addresses are relative to the page: behind a proxy it may stand below any path.
 * @param {string} script its name, without suffix
 * @param {string} base the way up to where the server's paths begin
 * @param {readonly string[]} styles beside the one that all have
 */
function pageOf(script, base, styles = []) {
  const [, output] =
    Object.entries(metafile.outputs).find(([path]) => basename(path) === `${script}.js`) ?? [];
  const parts = output?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
  const links = [
    ...styles.map((name) => `<link rel="stylesheet" href="{{base}}player/${name}" />`),
    ...parts.map(({ path }) => `<link rel="modulepreload" href="{{base}}player/${basename(path)}" />`),
  ];
  return template
    .replace("{{links}}", links.join("\n    "))
    .replace("{{script}}", script)
    .replaceAll("{{base}}", base);
}

writeFileSync(at("dist/web/grid.html"), pageOf("page", ""));
writeFileSync(at("dist/web/watch.html"), pageOf("page", "../"));
writeFileSync(at("dist/web/recordings.html"), pageOf("recordings", "../../", ["recordings.css"]));
