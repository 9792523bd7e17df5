// Run as root in a network namespace of its own: what doctor says of the firewall, before and after its own advice.
// node netns-doctor.js FLVCAST COMMAND   COMMAND loads the rules
import { execFileSync, spawnSync } from "node:child_process";

const [, , flvcast = "", load = ""] = process.argv;

const firewall = () => {
  const args = [flvcast, "doctor", "--json", "--host", "0.0.0.0", "--port", "1234"];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  /** @type {{ findings: { subject: string, verdict: string, fix: string | null }[] }} */
  const { findings } = JSON.parse(stdout);
  return findings.find(({ subject }) => subject === "firewall");
};

const shell = (/** @type {string} */ command) =>
  execFileSync("sh", ["-c", command], { stdio: ["ignore", "ignore", "inherit"] });

shell(load);
const before = firewall();
shell((before?.fix ?? "false").replace(/^sudo /, ""));
process.stdout.write(JSON.stringify({ before, after: firewall() }));
