// What code that imports flvcast sees, as one file of declarations: what tsc emits, joined.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { at } from "./paths.js";

export async function writeTypes() {
  const compiler = at("node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", at("tsconfig.build.json")], { stdio: "inherit" });
  const bundle = await rolldown({
    input: at("dist/types/index.d.ts"),
    plugins: [dts({ dtsInput: true, tsconfig: false })],
    external: /^node:/,
  });
  await bundle.write({ dir: at("dist") });
  rmSync(at("dist/types"), { recursive: true });
}
