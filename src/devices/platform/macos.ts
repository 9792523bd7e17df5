import { type Access, denied } from "../../system/access.ts";
import type { Camera, Microphone, Screen } from "../device.ts";
import {
  type AvfoundationEntry,
  type AvfoundationListing,
  parseAvfoundationListing,
  parseAvfoundationModes,
  refusalOf,
} from "./avfoundation.ts";
import { askFfmpeg, physicalIdAmong, withIds } from "./ffmpeg-listing.ts";
import type { ListingContext, Platform } from "./platform.ts";

/** What AVFoundation can capture: cameras, microphones and screens are all inputs of ffmpeg's avfoundation. */
export const macos: Platform = {
  async cameras(context) {
    const { cameras } = await listing(context);
    return Promise.all(
      camerasOf(cameras).map(async (camera) => ({ ...camera, ...(await askOpened(context, camera)) })),
    );
  },
  microphones: async (context) => microphonesOf(await listing(context)),
  screens: async (context) => (await listing(context)).screens.map(screenOf),
};

async function listing(context: ListingContext): Promise<AvfoundationListing> {
  return parseAvfoundationListing(
    await askFfmpeg(context, ["-f", "avfoundation", "-list_devices", "true", "-i", ""]),
  );
}

const MAY: Access = { isAllowed: true };

function camerasOf(entries: readonly AvfoundationEntry[]): readonly Camera[] {
  return identified(entries).map(([entry, stableId], order) => ({
    kind: "camera",
    demuxer: "avfoundation",
    alias: `cam${order}`,
    name: entry.name,
    node: nodeOf(entries, entry),
    stableId,
    physicalId: stableId,
    access: MAY,
    holders: [], // any number of programs may use a camera at once
    modes: [],
  }));
}

/**
 * Its modes, and whether the system lets us: both are told when ffmpeg is asked for a size that no camera has. (An
 * impossible rate would do, but a muxed device, such as a DV recorder, would then begin to send.)
 */
async function askOpened(
  context: ListingContext,
  { node }: Camera,
): Promise<Pick<Camera, "access" | "modes">> {
  const lines = await askFfmpeg(context, ["-f", "avfoundation", "-video_size", "1x1", "-i", node]);
  const reason = refusalOf(lines);
  const fix = "allow camera access for your terminal in System Settings > Privacy & Security > Camera";
  return {
    access: reason === null ? MAY : denied(reason, fix),
    modes: parseAvfoundationModes(lines),
  };
}

function microphonesOf({ cameras, microphones }: AvfoundationListing): readonly Microphone[] {
  const known = camerasOf(cameras);
  return identified(microphones).map(([entry, stableId], order) => ({
    kind: "microphone",
    demuxer: "avfoundation",
    alias: `mic${order}`,
    name: entry.name,
    node: `:${nodeOf(microphones, entry)}`, // before the colon stands the picture: none
    stableId,
    physicalId: physicalIdAmong(known, (camera) => isSameCase(camera, entry)),
    access: MAY,
    holders: [],
    isMonitor: /^(BlackHole|Soundflower|Loopback Audio)\b/i.test(entry.name), // drivers that bring back what is played
  }));
}

function isSameCase(
  { name, stableId }: Pick<Camera, "name" | "stableId">,
  microphone: AvfoundationEntry,
): boolean {
  return (
    stableId === `serial:${microphone.serial}` ||
    microphone.name.startsWith(name) ||
    // Apple's own come in pairs: MacBook Pro Camera and MacBook Pro Microphone.
    (/\b(Mac|iMac|MacBook|iPhone|iPad|Studio Display)\b/.test(name) &&
      name.replace(/ Camera$/, "") === microphone.name.replace(/ Microphone$/, ""))
  );
}

function screenOf({ name }: AvfoundationEntry, order: number): Screen {
  return {
    kind: "screen",
    demuxer: "avfoundation",
    alias: `screen${order}`,
    name,
    node: name, // by its number, it would be another one as soon as a camera is plugged in
    stableId: name,
    access: MAY,
    holders: [],
    area: null,
  };
}

/**
 * What ffmpeg opens a device by: its name, or its index where the name would mean something else. In avf_read_header
 * a colon ends the name, a number at its beginning is an index, `none` and `default` are words, and a name stands for
 * whatever begins with it.
 */
function nodeOf(entries: readonly AvfoundationEntry[], { name, index }: AvfoundationEntry): string {
  const isOther = /:|^\s*[+-]?\d|^none|^default/.test(name);
  const isUnique = entries.filter((entry) => entry.name.startsWith(name)).length === 1;
  return isOther || !isUnique ? String(index) : name;
}

/** The serial number moves with the camera, the uid stays with the socket; an older ffmpeg tells only names. */
function identified(entries: readonly AvfoundationEntry[]) {
  const serials = entries.map(({ serial }) => serial);
  return withIds(entries, ({ name, uid, serial }) => {
    const isSerialUnique = serial !== null && serials.filter((other) => other === serial).length === 1;
    if (isSerialUnique) return `serial:${serial}`;
    return uid === null ? name : `uid:${uid}`;
  });
}
