import { readFileSync } from "node:fs";
import { packageFile } from "./package-file.ts";

/** The package's version, as its package.json says it. */
export const version = readVersion();

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile("package.json"), "utf8"));
  return (manifest as { version: string }).version; // npm refuses a package without one
}
