#!/usr/bin/env node
import { spawn } from "node:child_process";
import { createServer } from "node:net";

/**
 * The least that Node can do with a stream: whatever the command in its arguments writes to its descriptors 1 and 3 goes to
 * whoever is connected, as it comes. Prints its port.
 */

/** @type {Set<import("node:net").Socket>} */
const viewers = new Set();
const server = createServer((socket) => {
  viewers.add(socket.setNoDelay(true).resume());
  socket.on("error", () => undefined).once("close", () => viewers.delete(socket));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" && address !== null ? address.port : 0);
});

const [program = "", ...args] = process.argv.slice(2);
const source = spawn(program, args, { stdio: ["ignore", "pipe", "inherit", "pipe"] });
for (const pipe of [source.stdio[1], source.stdio[3]]) {
  pipe?.on("data", (/** @type {Buffer} */ bytes) => {
    for (const viewer of viewers) viewer.write(bytes);
  });
}
process.once("SIGTERM", () => {
  source.kill();
  process.exit(0);
});
