import { build } from "esbuild";
import { packageFolders, titleOf } from "../build/licences.js";
import { at } from "../build/paths.js";

/** All that bin/build bundles, with what for. */
const ENTRIES = /** @type {const} */ ([
  ["node", "src/program.ts", "src/recordings/disk-process.ts", "src/cli/run.ts"],
  ["browser", "src/web/main.ts", "src/web/recordings/main.ts", "src/web/audio-worklet.ts"],
]);

/** The packages whose code is published, as their licences are titled; what a build that writes nothing says. */
export async function bundledPackages() {
  const inputs = [];
  for (const [platform, ...entries] of ENTRIES) {
    const { metafile } = await build({
      entryPoints: entries.map(at),
      absWorkingDir: at("."),
      bundle: true,
      platform,
      outdir: at("dist"),
      write: false,
      metafile: true,
      logLevel: "silent", // npm run build has said it
    });
    inputs.push(...Object.keys(metafile.inputs));
  }
  return packageFolders(inputs).map(titleOf);
}

/** Those that let code be bundled in a program under MIT. */
const KINDS = ["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "Apache-2.0"];

/**
 * @param {string} licences the published file of them
 * @param {readonly string[]} titles of the packages whose code is published
 * @returns {string[]} a line for each finding
 */
export function licenceFindings(licences, titles) {
  const texts = new Map(
    licences
      .split(/^={72}\n/m)
      .slice(1)
      .map((part) => /** @type {const} */ ([part.slice(0, part.indexOf("\n")), part])),
  );
  return titles.flatMap((title) => {
    const text = texts.get(title);
    if (text === undefined) return [`dist/web/licenses.txt lacks ${title}`];
    const kind = /\(([^)]*)\)$/.exec(title)?.[1] ?? "";
    if (!KINDS.includes(kind)) return [`${title} has a licence that nobody has looked at`];
    return /^Licensed under/m.test(text.split("\n")[2] ?? "")
      ? [`${title} brings no text of its licence`]
      : [];
  });
}
