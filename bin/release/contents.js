// What the package is made of. A file more or less is a decision, so the list is kept by hand.

/** `*` is a hash. */
const FILES = [
  "LICENSE",
  "README.md",
  "bin/flvcast.js",
  "config.schema.json",
  "dist/disk-process.cjs",
  "dist/flvcast.cjs",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/run.cjs",
  "dist/web/audio-worklet.js",
  "dist/web/chunk-*.js",
  "dist/web/chunk-*.js",
  "dist/web/chunk-*.js",
  "dist/web/dist-*.js",
  "dist/web/icon.svg",
  "dist/web/licenses.txt",
  "dist/web/mse-player-*.js",
  "dist/web/page.css",
  "dist/web/page.html",
  "dist/web/page.js",
  "dist/web/recordings.css",
  "dist/web/recordings.html",
  "dist/web/recordings.js",
  "man/flvcast.1",
  "package.json",
];

const MAX_FILES = 25;
const MAX_PACKED_BYTES = 900e3;
const MAX_UNPACKED_BYTES = 4e6;

/**
 * What `npm pack --json` says of a package.
 * @typedef {{ readonly files: readonly { readonly path: string }[], readonly size: number, readonly unpackedSize: number }} Packed
 */

/**
 * @param {Packed} packed
 * @param {readonly string[]} expected
 * @returns {string[]} a line for each finding
 */
export function contentFindings({ files, size, unpackedSize }, expected = FILES) {
  const missing = [...expected];
  const added = [];
  for (const { path } of files) {
    const at = missing.indexOf(path.replace(/-[A-Z0-9]{8}\.js$/, "-*.js"));
    if (at < 0) added.push(path);
    else missing.splice(at, 1);
  }
  return [
    ...missing.map((path) => `the package lacks ${path}`),
    ...added.map((path) => `the package has ${path}, which bin/release/contents.js does not list`),
    ...atMost(files.length, MAX_FILES, "files"),
    ...atMost(size, MAX_PACKED_BYTES, "bytes packed"),
    ...atMost(unpackedSize, MAX_UNPACKED_BYTES, "bytes unpacked"),
  ];
}

/**
 * @param {number} count
 * @param {number} most
 * @param {string} what
 */
export function atMost(count, most, what) {
  return count <= most ? [] : [`the package has ${count} ${what}: at most ${most}`];
}
