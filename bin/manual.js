// Writes man/flvcast.1 from the built program's own table of commands: a step of `npm run build`.
import { mkdirSync, writeFileSync } from "node:fs";

/** A variable: before the build there is no such file for the type checker to find. */
const built = "../dist/cli/manual.js";
const { manual } = await import(built);

// https://reproducible-builds.org/specs/source-date-epoch/
const epoch = process.env["SOURCE_DATE_EPOCH"];
const page = await manual(epoch === undefined ? new Date() : new Date(Number(epoch) * 1000));
const folder = new URL("../man/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("flvcast.1", folder), page);
