// The manual page and the schema of configuration files, from the program's own tables.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.js";
import { at } from "./paths.js";

export async function writeTables() {
  const { manual } = await load("src/cli/manual.ts");
  const { configJsonSchema } = await load("src/config/schema.ts");
  // https://reproducible-builds.org/specs/source-date-epoch/
  const epoch = process.env["SOURCE_DATE_EPOCH"];
  const page = await manual(epoch === undefined ? new Date() : new Date(Number(epoch) * 1000));
  mkdirSync(at("man"), { recursive: true });
  writeFileSync(at("man/flvcast.1"), page);
  writeFileSync(at("config.schema.json"), configJsonSchema());
}

/**
 * A module of the sources.
 * @param {string} entry
 */
async function load(entry) {
  const outfile = `dist/${entry.replaceAll("/", "-")}.cjs`;
  await bundle(entry, outfile);
  const module = await import(pathToFileURL(at(outfile)).href);
  rmSync(at(outfile));
  return module;
}
