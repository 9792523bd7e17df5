import { symlinkSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Stands in for `flvcast start` in a process of its own. It takes the steps in the environment variable FAKE_START, a JSON
 * array, one after the other, and ends with 0:
 *
 *   {"takes": "garden"}    that name, in $RUNTIME_DIRECTORY
 *   {"says": "text"}       a line on stderr
 *   {"tells": true}        what it was started with, on stdout: its arguments, and the token in its environment
 *   {"exit": 10}
 *   {"stays": "text"}      until SIGTERM, which ends it with 0; from when on it does, the text says on stderr, if there is any
 */
const { FAKE_START = "[]", FLVCAST_TOKEN: token = null, RUNTIME_DIRECTORY: folder = "" } = process.env;
for (const step of JSON.parse(FAKE_START)) {
  if ("takes" in step) {
    const file = `${process.pid}-00000000.sock`;
    await new Promise((resolve) => createServer().listen(join(folder, file), () => resolve(null)));
    symlinkSync(file, join(folder, `${step.takes}@1`));
  } else if ("says" in step) {
    writeSync(2, `${step.says}\n`);
  } else if ("tells" in step) {
    writeSync(1, `${JSON.stringify({ args: process.argv.slice(2), token })}\n`);
  } else if ("exit" in step) {
    process.exit(step.exit);
  } else {
    process.on("SIGTERM", () => process.exit(0));
    writeSync(2, step.stays);
    await wait(2 ** 31 - 1);
  }
}
process.exit(0);
