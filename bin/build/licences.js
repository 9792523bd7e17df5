// The licences of the packages whose code is in what was built.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "./paths.js";

/** @param {readonly string[]} inputs paths of what was bundled */
export function writeLicences(inputs) {
  writeFileSync(at("dist/web/licenses.txt"), packageFolders(inputs).map(licenceOf).join("\n"));
}

/** @param {readonly string[]} inputs paths of what was bundled */
export function packageFolders(inputs) {
  const folders = inputs.map((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? "");
  return [...new Set(folders)].filter((folder) => folder !== "").toSorted();
}

/** @param {string} folder of a package */
function licenceOf(folder) {
  const files = readdirSync(at(folder), { recursive: true, encoding: "utf8" }).filter((path) =>
    LICENCE.test(path),
  );
  const texts = files.map((file) => readFileSync(at(join(folder, file)), "utf8").trim());
  if (texts.length === 0) texts.push(`Licensed under ${manifestOf(folder).license}.`);
  return `${"=".repeat(72)}\n${titleOf(folder)}\n\n${texts.join("\n\n")}\n`;
}

/**
 * The line with which a package's licence begins.
 * @param {string} folder of a package
 */
export function titleOf(folder) {
  const { name, version, license } = manifestOf(folder);
  return `${name} ${version} (${license})`;
}

/** @param {string} folder */
function manifestOf(folder) {
  const manifest = JSON.parse(readFileSync(at(join(folder, "package.json")), "utf8"));
  return { ...manifest, license: manifest.license ?? manifest.licenses?.[0].type }; // async 0.2 has the old form
}

/** Also of what a package itself has bundled: `dist/mpegts.js.LICENSE.txt`. */
const LICENCE = /^(dist\/.*\.)?(licen[cs]e|copying|notice)[^/]*$/i;
