import type { Device } from "../devices/device.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { tryToListen } from "../system/free-port.ts";
import type { Machine } from "../system/machine.ts";
import { ownAddresses } from "../system/own-addresses.ts";
import { userOf } from "../system/user.ts";
import type { DoctorContext, TriedEncoder } from "./context.ts";

/** Where a context's slow parts come from. */
export interface Sources {
  readonly machine: Machine;
  findFfmpeg(): Promise<FfmpegBinary>;
  /** @param ffmpegPath a name that may not run, where none was found */
  listDevices(ffmpegPath: string): Promise<readonly Device[]>;
  probeEncoders(ffmpeg: FfmpegBinary): Promise<readonly TriedEncoder[]>;
}

/** What the doctor looks at on the machine we run on. */
export async function contextOf(
  wanted: Pick<DoctorContext, "host" | "port">,
  sources: Sources,
): Promise<DoctorContext> {
  const { machine } = sources;
  const ffmpeg = once(() => sources.findFfmpeg());
  const devices = once(async () => sources.listDevices(await pathOf(ffmpeg())));
  return {
    machine,
    user: { ...(await userOf(machine)), isRoot: process.getuid?.() === 0 },
    host: wanted.host,
    port: wanted.port,
    addresses: ownAddresses(),
    nodeVersion: process.version,
    now: new Date(),
    ffmpeg,
    devices,
    encoders: once(async () => {
      const found = await ffmpeg();
      await Promise.allSettled([devices()]); // encoding is timed: a slow machine does one thing after the other
      return sources.probeEncoders(found);
    }),
    tryToListen,
  };
}

/** Linux tells of devices without ffmpeg, too; that there is none is another check's to say. */
async function pathOf(ffmpeg: Promise<FfmpegBinary>): Promise<string> {
  try {
    return (await ffmpeg).path;
  } catch {
    return "ffmpeg";
  }
}

function once<Value>(find: () => Promise<Value>): () => Promise<Value> {
  let found: Promise<Value> | null = null;
  return () => (found ??= find());
}
