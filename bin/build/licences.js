// The licences of the packages whose code is in what was built.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "./paths.js";

/** @param {readonly string[]} inputs paths of what was bundled */
export function writeLicences(inputs) {
  const packages = inputs.map((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? "");
  const folders = [...new Set(packages)].filter((folder) => folder !== "").toSorted();
  writeFileSync(at("dist/web/licenses.txt"), folders.map(licenceOf).join("\n"));
}

/** @param {string} folder of a package */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(at(join(folder, "package.json")), "utf8"));
  const files = readdirSync(at(folder), { recursive: true, encoding: "utf8" }).filter((path) =>
    LICENCE.test(path),
  );
  const texts = files.map((file) => readFileSync(at(join(folder, file)), "utf8").trim());
  if (texts.length === 0) texts.push(`Licensed under ${license}.`);
  return `${"=".repeat(72)}\n${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
}

/** Also of what a package itself has bundled: `dist/mpegts.js.LICENSE.txt`. */
const LICENCE = /^(dist\/.*\.)?(licen[cs]e|copying|notice)[^/]*$/i;
