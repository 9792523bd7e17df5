import { readFileSync } from "node:fs";

/** The package's version, as its package.json says it. */
export const version = readVersion();

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version; // npm refuses a package without one
}
