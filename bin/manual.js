// Writes man/flvcast.1 and config.schema.json from the built program's own tables: a step of `npm run build`.
import { mkdirSync, writeFileSync } from "node:fs";

/** Variables: before the build there are no such files for the type checker to find. */
const built = { manual: "../dist/cli/manual.js", schema: "../dist/config/schema.js" };
const { manual } = await import(built.manual);
const { configJsonSchema } = await import(built.schema);

// https://reproducible-builds.org/specs/source-date-epoch/
const epoch = process.env["SOURCE_DATE_EPOCH"];
const page = await manual(epoch === undefined ? new Date() : new Date(Number(epoch) * 1000));
const folder = new URL("../man/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("flvcast.1", folder), page);
writeFileSync(new URL("../config.schema.json", import.meta.url), configJsonSchema());
