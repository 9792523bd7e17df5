// `npm run build`: makes dist, the manual page and the schema of configuration files.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { bundleProgram } from "./build/bundle.js";
import { writeLicences } from "./build/licences.js";
import { writeTables } from "./build/manual.js";
import { bundlePage } from "./build/page.js";
import { at } from "./build/paths.js";

rmSync(at("dist"), { recursive: true, force: true });
const compiler = at("node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "-p", at("tsconfig.build.json")], { stdio: "inherit" });
writeLicences([...(await bundleProgram()), ...(await bundlePage())]);
await writeTables();
