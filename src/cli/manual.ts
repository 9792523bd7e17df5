import { type ExitReason, exitCodes } from "../errors.ts";
import { version } from "../version.ts";
import { describeCommands } from "./command-table.ts";
import { commands } from "./main.ts";
import { manualPage } from "./shell/man.ts";

/** In short what docs/exit-codes.md tells at length. */
const meanings: Readonly<Record<ExitReason | "ok", string>> = {
  ok: "success; also when a signal, --duration or the end of a file ended the stream",
  failure: "internal or other error; check and doctor found an error",
  usage: "invalid usage",
  notRunning: "no such stream is running",
  unreachable: "check could not reach the server or file",
  deviceAbsent: "the device, file or screen was not found",
  deviceBusy: "the device is in use by another program",
  permission: "permission denied",
  noEncoder: "no working encoder",
  noFfmpeg: "no working ffmpeg was found",
  portInUse: "the port is in use",
  alreadyRunning: "a stream of this name is already running",
  addressUnavailable: "--host is not an address of this machine, or cannot be resolved",
  notReady: "the stream was not up within --ready-timeout",
  brokenInput: "the input is invalid",
};

/** The text of the manual page flvcast(1). @param date when it was made */
export async function manual(date: Date): Promise<string> {
  const reasons = Object.keys(exitCodes) as (keyof typeof exitCodes)[]; // its keys are these
  return manualPage({
    version,
    date: date.toISOString().slice(0, 10),
    commands: await describeCommands(commands),
    exitCodes: reasons.map((reason) => [exitCodes[reason], meanings[reason]] as const),
  });
}
