import type { Access } from "../../system/access.ts";
import type { Camera, Microphone, Screen } from "../device.ts";
import { type DshowEntry, parseDshowListing, parseDshowModes } from "./dshow.ts";
import { askFfmpeg, physicalIdAmong, withIds } from "./ffmpeg-listing.ts";
import type { ListingContext, Platform } from "./platform.ts";

/** What DirectShow can capture, and the desktop by gdigrab. */
export const windows: Platform = {
  async cameras(context) {
    const cameras = camerasOf(await listing(context));
    return Promise.all(cameras.map(async (camera) => ({ ...camera, modes: await modesOf(context, camera) })));
  },
  microphones: async (context) => microphonesOf(await listing(context)),
  screens: async () => [DESKTOP],
};

async function listing(context: ListingContext): Promise<readonly DshowEntry[]> {
  return parseDshowListing(await askFfmpeg(context, ["-f", "dshow", "-list_devices", "true", "-i", "dummy"]));
}

async function modesOf(context: ListingContext, { node }: Camera): Promise<Camera["modes"]> {
  return parseDshowModes(await askFfmpeg(context, ["-f", "dshow", "-list_options", "true", "-i", node]));
}

/** Whether another program has it, or the privacy settings forbid it, shows only when it is opened. */
const MAY: Access = { isAllowed: true };

const DESKTOP: Screen = {
  kind: "screen",
  demuxer: "gdigrab",
  alias: "screen0",
  name: "desktop",
  node: "desktop",
  stableId: "desktop",
  access: MAY,
  holders: [],
  area: null,
};

function camerasOf(entries: readonly DshowEntry[]): readonly Camera[] {
  const sending = entries.filter(({ sends }) => sends.includes("video"));
  return withIds(sending, idOf).map(([entry, stableId], order) => ({
    kind: "camera",
    demuxer: "dshow",
    alias: `cam${order}`,
    name: entry.name,
    node: `video=${idOf(entry)}`,
    stableId,
    physicalId: stableId,
    access: MAY,
    holders: [],
    modes: [],
  }));
}

function microphonesOf(entries: readonly DshowEntry[]): readonly Microphone[] {
  const sending = entries.filter(({ sends }) => sends.includes("audio"));
  const cameras = camerasOf(entries);
  return withIds(sending, idOf).map(([entry, stableId], order) => ({
    kind: "microphone",
    demuxer: "dshow",
    alias: `mic${order}`,
    name: entry.name,
    node: `audio=${idOf(entry)}`,
    stableId,
    physicalId: physicalIdAmong(cameras, (camera) => isSameCase(camera, entry)),
    access: MAY,
    holders: [],
    isMonitor: /^(Stereo ?Mix|What U Hear|Wave Out Mix|virtual-audio-capturer)/i.test(entry.name),
  }));
}

/** By its path, two cameras of one make are told apart; only ffmpeg 2 and older do not tell it. */
const idOf = ({ name, alternativeName }: DshowEntry) => alternativeName ?? name;

function isSameCase({ name, stableId }: Pick<Camera, "name" | "stableId">, microphone: DshowEntry): boolean {
  const id = idOf(microphone);
  const usb = usbDeviceOf(stableId);
  return id === stableId || (usb !== null && usb === usbDeviceOf(id)) || namesCamera(microphone.name, name);
}

/**
 * The USB device in a path: vendor, product and the instance without the interface's own part, so that the camera
 * and the microphone of one case have the same: `usb#vid_046d&pid_082d&mi_00#7&2b8b1a2&0&0000#{…}`.
 */
function usbDeviceOf(path: string): string | null {
  const [, ids, instance] = /usb#(vid_[0-9a-f]{4}&pid_[0-9a-f]{4})[^#]*#([^#]+)#/i.exec(path) ?? [];
  return ids === undefined || instance === undefined
    ? null
    : `${ids}#${instance.replace(/&[0-9a-f]{4}$/i, "")}`;
}

/** A sound input's own words for where it is: `Microphone (HD Pro Webcam C920)`, cut at 31 letters by old Windows. */
function namesCamera(microphone: string, camera: string): boolean {
  const cut = microphone.length >= 31 ? /\(([^()]{8,})$/.exec(microphone)?.[1] : undefined;
  return microphone.includes(camera) || (cut !== undefined && camera.startsWith(cut));
}
