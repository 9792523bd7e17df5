import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseIptables } from "../../src/doctor/firewall/iptables-rules.ts";
import { parseRuleset } from "../../src/doctor/firewall/nft-ruleset.ts";
import { passage } from "../../src/doctor/firewall/nft-walk.ts";
import { flvcastProgram } from "../start-flvcast.ts";

const folder = "test/fixtures/firewall";
const ports = [12, 22, 80, 443, 3005, 5000, 6000, 7000, 8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088];
const morePorts = [8090, 8095, 9000, 9005, 9101, 9102, 9103, 9104, 9105, 9999, 10_000];
const all = [...ports, ...morePorts];

const why = whyNot();
if (why !== null) process.stdout.write(`not asked: the kernel itself, about firewall rules: ${why}\n`);

test.skipIf(why !== null).each([
  ["own.json", "nft -j -f"],
  ["verdicts.nft", "nft -f"], // as JSON, its maps would come before the chains that they name
  ["firewalld.json", "nft -j -f"],
  ["firewalld-open.json", "nft -j -f"],
  ["empty.json", "nft -j -f"],
  ["iptables.txt", "iptables-restore"],
  ["ufw.txt", "iptables-restore"],
])("the kernel lets through %s what the walk says that it does", (name, loader) => {
  const text = readFileSync(join(folder, name.replace(/nft$/, "json")), "utf8");
  const reached = new Set(portsReached(loader, name, text));
  const ruleset = name.endsWith(".txt") ? parseIptables(text, "ip") : parseRuleset(text);
  expect(ruleset).not.toBeNull();
  const said = all.map((port) => [
    port,
    ruleset && passage(ruleset, { family: "ip", port, interfaces: ["eth0"] }).kind,
  ]);
  const certain = said.filter(([, kind]) => kind !== "unclear");
  expect(certain).toEqual(certain.map(([port]) => [port, reached.has(Number(port)) ? "open" : "blocked"]));
});

test.skipIf(why !== null).each([
  ["nft", "nft -f test/fixtures/firewall/own.nft"],
  ["nft, as firewalld has them", "nft -j -f test/fixtures/firewall/firewalld.json"],
  ["iptables", "iptables -P INPUT DROP; iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT"],
  ["iptables-legacy", "iptables-legacy -A INPUT -p tcp -m multiport --dports 1000:2000 -j REJECT"],
])("the command that doctor gives opens the port in the rules of %s", (_, load) => {
  const command = ["-n", "node", "test/e2e/netns-doctor.js", flvcastProgram, load];
  const { before, after } = JSON.parse(
    execFileSync("unshare", command, { timeout: 40_000, encoding: "utf8" }),
  );
  expect(before).toMatchObject({
    verdict: "failure",
    text: expect.stringContaining("cannot reach port 1234"),
  });
  expect(after).toMatchObject({ verdict: "ok", fix: null });
});

/** Which of our ports a neighbour in another network namespace reaches. */
function portsReached(loader: string, name: string, text: string): number[] {
  const load = loader === "iptables-restore" ? "iptables-restore" : `${loader} ${join(folder, name)}`;
  const script = 'mount -t tmpfs none /run && exec node test/e2e/netns-ports.js "$@"';
  const command = ["-n", "-m", "sh", "-c", script, "sh", all.join(","), "sh", "-c", load];
  return JSON.parse(
    execFileSync("unshare", command, {
      input: loader === "iptables-restore" ? restorable(text) : "",
      timeout: 20_000,
      encoding: "utf8",
    }),
  );
}

/** `iptables -S` in the form that iptables-restore reads. */
function restorable(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^-P (\S+) (\S+)$/, ":$1 $2 [0:0]").replace(/^-N (\S+)$/, ":$1 - [0:0]"));
  return ["*filter", ...lines.filter((line) => line !== ""), "COMMIT", ""].join("\n");
}

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return "needs root";
  const missing = ["unshare", "ip", "nft", "iptables-restore"].filter(
    (program) => spawnSync(program, ["--version"]).error && spawnSync(program, ["-V"]).error,
  );
  if (missing.length > 0) return `needs ${missing.join(", ")}`;
  const can = spawnSync("unshare", [
    "-n",
    "-m",
    "sh",
    "-c",
    "ip link add one type veth peer name other && nft list ruleset",
  ]);
  return can.status === 0 ? null : "no network namespaces with nftables here";
}
