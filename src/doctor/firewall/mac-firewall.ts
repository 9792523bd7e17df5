import type { Machine } from "../../system/machine.ts";
import { FIREWALL_TIMEOUT_MS, type Reach } from "./reach.ts";

const PROGRAM = "/usr/libexec/ApplicationFirewall/socketfilterfw";
const BY = "macOS's firewall";

/** macOS lets programs listen, not ports: whether it lets node is what it asks its user. */
export async function macFirewall(machine: Machine): Promise<Reach> {
  const state = await machine.run(PROGRAM, ["--getglobalstate"], { timeoutMs: FIREWALL_TIMEOUT_MS });
  // «Firewall is enabled. (State = 1)»; 0 is off, 2 lets nothing in.
  const level = /\(State = (\d)\)/.exec(state?.stdout ?? "")?.[1];
  const fix = `sudo ${PROGRAM} --add "$(command -v node)"`;
  switch (level) {
    case "0":
      return { kind: "none" };
    case "1":
      return { kind: "unclear", by: BY, why: "it asks whether node may take connections", fix };
    case "2":
      return { kind: "blocked", by: BY, fix: `sudo ${PROGRAM} --setblockall off` };
    default:
      return { kind: "unseen", why: `${BY} does not answer`, fix: null };
  }
}
