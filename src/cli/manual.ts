import { type ExitReason, exitCodes } from "../errors.ts";
import { version } from "../version.ts";
import { describeCommands } from "./command-table.ts";
import { commands } from "./main.ts";
import { manualPage } from "./shell/man.ts";

/** In short what docs/exit-codes.md tells at length. */
const meanings: Readonly<Record<ExitReason | "ok", string>> = {
  ok: "done; also when a signal or --duration ended the stream, or a file was over",
  failure: "a bug, or anything that no other code names; of check and doctor: something is wrong",
  usage: "an option or command that cannot be, or options that contradict each other",
  notRunning: "there is no such stream running",
  unreachable: "check reached no server, or no file",
  deviceAbsent: "the device, file or screen is not there",
  deviceBusy: "another program uses the device",
  permission: "this user may not open the device or file",
  noEncoder: "no encoder that was asked for, or that was tried, works here",
  noFfmpeg: "no ffmpeg was found that runs",
  portInUse: "another program listens on the port",
  alreadyRunning: "this stream is already running",
  addressUnavailable: "--host is no address of this machine, or its name cannot be looked up yet",
  notReady: "nothing could be watched within --ready-timeout",
  brokenInput: "the input is not what it should be",
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
