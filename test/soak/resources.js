import { renameSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Loaded into each process under test (NODE_OPTIONS=--import): on SIGPWR it writes what the process holds.

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");
const path = `${process.env["SOAK_RESOURCES"]}`;

process.on("SIGPWR", () => {
  collectGarbage();
  /** @type {Record<string, number>} */
  const active = {};
  for (const name of process.getActiveResourcesInfo()) active[name] = (active[name] ?? 0) + 1;
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${path}.new`, JSON.stringify({ active, heapBytes: heapUsed, externalBytes: external }));
  renameSync(`${path}.new`, path);
});
