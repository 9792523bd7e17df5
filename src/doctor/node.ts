import { localTime } from "../system/local-time.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok, warning } from "./finding.ts";

/** What package.json asks for. */
const OLDEST = [20, 19] as const;

export async function checkNode({ nodeVersion }: DoctorContext): Promise<readonly Finding[]> {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, "").split(".").map(Number);
  const isEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return [
    isEnough
      ? ok("node", nodeVersion)
      : failure("node", `${nodeVersion} is too old`, `install Node ${OLDEST.join(".")} or newer`),
  ];
}

/** Before this version was written: a machine without a battery for its clock begins in 1970 or at an image's date. */
const EARLIEST_YEAR = 2026;

/** Picture and sound are put together by the times that their drivers stamp: a clock that jumps later moves both. */
export async function checkClock({ machine, now }: DoctorContext): Promise<readonly Finding[]> {
  const year = now.getUTCFullYear();
  if (year >= EARLIEST_YEAR) return [ok("clock", localTime(now.getTime()))];
  const fix = machine.platform === "linux" ? "sudo timedatectl set-ntp true" : "set the system's clock";
  return [warning("clock", `it is set to ${year}; times in logs and metadata will be wrong`, fix)];
}
