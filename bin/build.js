// `npm run build`: makes dist, the manual page and the schema of configuration files.
import { rmSync } from "node:fs";
import { bundleProgram } from "./build/bundle.js";
import { writeLicences } from "./build/licences.js";
import { writeTables } from "./build/manual.js";
import { bundlePage } from "./build/page.js";
import { at } from "./build/paths.js";
import { writeTypes } from "./build/types.js";

rmSync(at("dist"), { recursive: true, force: true });
await writeTypes();
writeLicences([...(await bundleProgram()), ...(await bundlePage())]);
await writeTables();
