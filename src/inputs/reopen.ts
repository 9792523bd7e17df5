import { basename } from "node:path";
import type { Camera } from "../devices/device.ts";
import { joinedSource } from "../devices/joined-source.ts";
import { fromSegment } from "../devices/media.ts";
import type { Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { accessOf } from "../system/access.ts";
import type { Machine } from "../system/machine.ts";
import { type DeviceOptions, openDevice } from "./open-device.ts";
import { readPlaylist } from "./url-facts.ts";

export interface Reopening {
  readonly isSame: boolean;
  /** The segment of a live playlist that was read last; null where there is none. */
  readonly lastSegment: string | null;
}

/**
 * Opens the same physical device again, whatever its node is called by now, for a process that is to be restarted.
 * `isSame`: it is taken to send what it sent before, so that it need not be asked, which would cost a second on a slow
 * machine.
 *
 * @throws UserError while it is not connected, or may not be opened
 */
export async function reopenSource(
  source: Source,
  options: DeviceOptions,
  { isSame, lastSegment }: Reopening,
): Promise<Source> {
  const { device } = source;
  if (source.segments !== undefined && lastSegment !== null) return afterSegment(source, lastSegment);
  if (device === null) return source; // a file, a URL, the test picture
  switch (device.demuxer) {
    case "pulse":
    case "x11grab":
    case "gdigrab":
      return source;
    case "v4l2":
      return isSame
        ? cameraAtItsNode(source, device, options.machine)
        : openDevice({ text: device.stableId, kinds: [device.kind] }, options);
    default:
      return withMicrophone(
        await openDevice({ text: device.stableId, kinds: [device.kind] }, options),
        source.microphone,
        options,
      );
  }
}

/** A microphone that is gone does not keep the camera away; it is looked for at the next time. */
async function withMicrophone(
  camera: Source,
  microphone: Source["microphone"],
  options: DeviceOptions,
): Promise<Source> {
  if (microphone === undefined) return camera;
  try {
    const opened = await openDevice({ text: microphone.stableId, kinds: ["microphone"] }, options);
    return joinedSource(camera, opened) ?? camera;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...camera, microphone };
  }
}

/** A live playlist goes on behind what was played. @throws UserError while nothing newer is in it */
async function afterSegment(source: Source, lastSegment: string): Promise<Source> {
  const playlist = await readPlaylist(source.url);
  const played = playlist?.segments.findIndex((address) => isAt(lastSegment, address)) ?? -1;
  if (playlist === null || played < 0) return source;
  if (played + 1 < playlist.segments.length) return fromSegment(source, played + 1);
  throw new UserError("notReady", `${source.label} has no new segment yet`);
}

/** Whether a URL is that of an address as the playlist has it: whole, or from a slash on (`1.ts` is not the end of `11.ts`). */
function isAt(url: string, address: string): boolean {
  const before = url.endsWith(address) ? url.slice(0, url.length - address.length) : null;
  return before === "" || before?.endsWith("/") === true || (before !== null && /^[/?]/.test(address));
}

async function cameraAtItsNode(source: Source, camera: Camera, machine: Machine): Promise<Source> {
  const path = await machine.realpath(camera.stableId);
  const node = path?.startsWith("/sys/") ? `/dev/${basename(path)}` : path;
  if (node === null || (await machine.realpath(node)) === null) {
    throw new UserError("deviceAbsent", `${camera.alias} (${camera.stableId}) is not connected`);
  }
  const access = await accessOf(machine, node);
  if (!access.isAllowed)
    throw new UserError("permission", `${camera.alias}: ${access.reason}; ${access.fix}`);
  return { ...source, url: node, device: { ...camera, node } };
}
