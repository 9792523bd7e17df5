import { readFileSync } from "node:fs";
import type { DoctorContext } from "../../src/doctor/context.ts";
import { checkFirewall } from "../../src/doctor/firewall.ts";
import { contextWith, type Scene } from "./fake-machine.ts";

/** What a firewall's program printed; README.md of the fixtures says when. */
export const recorded = (name: string) => readFileSync(`test/fixtures/firewall/${name}`, "utf8");

const root = { name: "root", groups: [0], isRoot: true };
/** A machine with these programs and files. */
export const linux = (programs: Scene["programs"] = {}, files: Scene["files"] = {}): Scene => ({
  programs,
  files,
});

/** `verdict: text -> fix` of the one finding. */
export async function told(scene: Scene, changes: Partial<DoctorContext> = {}): Promise<string> {
  const findings = await checkFirewall(contextWith(scene, { user: root, host: "0.0.0.0", ...changes }));
  return findings
    .map(({ verdict, text, fix }) => `${verdict}: ${text}${fix === null ? "" : ` -> ${fix}`}`)
    .join("\n");
}

/** ufw with a recorded status. */
export const ufwSays = (name: string) => linux({ "ufw status verbose": recorded(name) });
/** A kernel with recorded rules. */
export const nftLists = (name: string) => linux({ "/usr/sbin/nft list ruleset": recorded(name) });

/** firewalld with its default zone for all. */
export const firewalld = {
  "firewall-cmd --state": "running\n",
  "firewall-cmd --get-default-zone": "public\n",
  "firewall-cmd --get-zone-of-interface=eth0": { code: 2, stderr: "no zone\n" },
  "firewall-cmd --zone=public --list-all": recorded("firewalld-public.txt"),
  "firewall-cmd --info-service=ssh": "ssh\n  ports: 22/tcp\n  protocols: \n",
  "firewall-cmd --info-service=http": "http\n  ports: 80/tcp\n  protocols: \n",
};
