import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok } from "./finding.ts";

/** What package.json asks for. */
const OLDEST = [20, 19] as const;

/** The node that runs flvcast. */
export async function checkNode({ nodeVersion }: DoctorContext): Promise<readonly Finding[]> {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, "").split(".").map(Number);
  const isEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return [
    isEnough
      ? ok("node", nodeVersion)
      : failure("node", `${nodeVersion} is too old`, `install Node ${OLDEST.join(".")} or newer`),
  ];
}
