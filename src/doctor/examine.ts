import { UserError } from "../errors.ts";
import { checkContainer } from "./container.ts";
import type { Check, DoctorContext } from "./context.ts";
import { checkDevices, checkSession } from "./devices.ts";
import { checkEncoders } from "./encoders.ts";
import { checkFfmpeg } from "./ffmpeg.ts";
import { type Finding, warning } from "./finding.ts";
import { checkFirewall } from "./firewall.ts";
import { checkGroups } from "./groups.ts";
import { checkClock, checkNode } from "./node.ts";
import { checkPort } from "./port.ts";

/** In the order in which they are told. */
const checks: Readonly<Record<string, Check>> = {
  node: checkNode,
  ffmpeg: checkFfmpeg,
  devices: checkDevices,
  session: checkSession,
  groups: checkGroups,
  encoders: checkEncoders,
  port: checkPort,
  firewall: checkFirewall,
  container: checkContainer,
  clock: checkClock,
};

const CHECK_TIMEOUT_MS = 20_000;

/** All checks at once. Resolves to every finding in order; a check that breaks or takes too long is a warning. */
export async function examine(
  context: DoctorContext,
  { timeoutMs = CHECK_TIMEOUT_MS, among = checks } = {},
): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    Object.entries(among).map(([name, check]) => bounded(name, check, context, timeoutMs)),
  );
  return findings.flat();
}

async function bounded(name: string, check: Check, context: DoctorContext, timeoutMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const text = `unknown: the check took more than ${timeoutMs / 1000} s`;
    timer = setTimeout(() => resolve([warning(name, text)]), timeoutMs);
  });
  try {
    return await Promise.race([check(context), late]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const bug = error instanceof UserError ? "" : " (a bug in flvcast; please report it)";
    return [warning(name, `unknown: ${why}${bug}`)];
  } finally {
    clearTimeout(timer);
  }
}
