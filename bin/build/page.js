// What the browser runs.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
import { at } from "./paths.js";

const shared = /** @type {const} */ ({ outdir: at("dist/web"), minify: true, logLevel: "warning" });

/** @returns the paths of all that is in it */
export async function bundlePage() {
  const { metafile } = await build({
    ...shared,
    entryPoints: {
      page: at("src/web/main.ts"),
      recordings: at("src/web/recordings/main.ts"),
      "audio-worklet": at("src/web/audio-worklet.ts"),
    },
    bundle: true,
    metafile: true,
    splitting: true, // mpegts.js is loaded where it is needed
    format: "esm",
    target: ["chrome110", "firefox113", "safari17"],
    legalComments: "none", // the licences stand beside
  });
  await build({
    ...shared,
    entryPoints: { page: at("src/web/page.css"), recordings: at("src/web/recordings/recordings.css") },
    target: ["chrome111", "firefox113", "safari17"],
  });
  copyFileSync(at("src/web/icon.svg"), at("dist/web/icon.svg"));
  const { inputs, outputs } = metafile;
  writeFileSync(at("dist/web/page.html"), pageOf("page", outputs));
  writeFileSync(at("dist/web/recordings.html"), pageOf("recordings", outputs, ["recordings.css"]));
  return Object.keys(inputs);
}

/**
 * The server puts the way up to where its paths begin in the place of `{{base}}`.
 * @param {string} script its name, without suffix
 * @param {import("esbuild").Metafile["outputs"]} outputs
 * @param {readonly string[]} styles beside the one that all have
 */
function pageOf(script, outputs, styles = []) {
  const [, output] = Object.entries(outputs).find(([path]) => basename(path) === `${script}.js`) ?? [];
  const parts = output?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
  const links = [
    ...styles.map((name) => `<link rel="stylesheet" href="{{base}}player/${name}" />`),
    ...parts.map(({ path }) => `<link rel="modulepreload" href="{{base}}player/${basename(path)}" />`),
  ];
  return readFileSync(at("src/web/page.html"), "utf8")
    .replace("{{links}}", links.join("\n    "))
    .replace("{{script}}", script);
}
