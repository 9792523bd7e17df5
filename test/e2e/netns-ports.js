// Run as root in a network namespace of its own: says which of our ports a neighbour reaches through these rules.
// node netns-ports.js PORT,PORT,… COMMAND...   COMMAND loads the rules
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [, , portList = "", program = "", ...args] = process.argv;
const ports = portList.split(",").map(Number);
const ANSWER_MS = 700;

if (program === "--request") {
  const answers = await Promise.all(ports.map(request));
  process.stdout.write(JSON.stringify(ports.filter((_, index) => answers[index])));
  process.exit(0); // what still waits for an answer does not get one
}

const ip = (/** @type {string} */ words) => execFileSync("ip", words.split(" "));
ip("link set lo up");
ip("netns add neighbour");
ip("link add eth0 type veth peer name eth0 netns neighbour");
for (const [address, inside] of [
  ["10.1.2.3/24", ""],
  ["10.1.2.4/24", "-n neighbour "],
]) {
  ip(`${inside}addr add ${address} dev eth0`);
  ip(`${inside}link set eth0 up`);
}
const servers = ports.map((port) => createServer((socket) => socket.destroy()).listen(port, "10.1.2.3"));
await Promise.all(servers.map((server) => once(server, "listening")));
execFileSync(program, args, { stdio: ["inherit", "ignore", "inherit"] });
const { execFile } = await import("node:child_process");
const child = execFile(
  "ip",
  ["netns", "exec", "neighbour", process.execPath, import.meta.filename, portList, "--request"],
  (error, stdout) => {
    if (error) throw error;
    process.stdout.write(stdout);
    process.exit(0);
  },
);
child.stderr?.pipe(process.stderr);

/** @param {number} port @returns {Promise<boolean>} */
async function request(port) {
  const socket = connect({ port, host: "10.1.2.3" });
  const opened = once(socket, "connect").then(
    () => true,
    () => false,
  );
  return Promise.race([opened, sleep(ANSWER_MS, false)]);
}
