import { type Access, accessOf, denied } from "../../system/access.ts";
import { type Holder, holdersOf } from "../../system/holders.ts";
import type { Camera } from "../device.ts";
import type { ListingContext } from "./platform.ts";
import { type StableLinks, stableLinks } from "./stable-link.ts";
import { type UdevRecord, udevRecord } from "./udev.ts";
import { parseV4l2Ctl, v4l2CtlArguments } from "./v4l2-ctl.ts";
import { parseV4l2Listing, v4l2ListArguments } from "./v4l2-ffmpeg.ts";
import type { V4l2Node } from "./v4l2-format.ts";

const CLASS = "/sys/class/video4linux";
/** A camera that hangs in its driver is listed without modes rather than waited for. */
const V4L2_CTL_TIMEOUT_MS = 2000;
/** ffmpeg loads a hundred libraries first: seconds, on a small machine that just started. */
const FFMPEG_TIMEOUT_MS = 8000;
/**
 * Parts of a picture's way through Raspberry Pis and Intel laptops: they say that they capture, and nothing comes unless
 * libcamera builds the way. (v4l2-ctl tells most of them by I/O MC, ffmpeg and udev do not.)
 */
const NO_CAMERAS = /^bcm2835-isp-|^unicam-|^pispbe-|^rp1-cfe-|^Intel IPU\d+ ISYS /;

export async function v4l2Cameras(context: ListingContext): Promise<readonly Camera[]> {
  const { machine } = context;
  const names = (await machine.list(CLASS)).filter((name) => /^video\d+$/.test(name)).toSorted(byNumber);
  const nodes = names.map((name) => ({ node: `/dev/${name}`, sysfs: `${CLASS}/${name}` }));
  const paths = nodes.map(({ node }) => node);
  const [looks, links, holders] = await Promise.all([
    Promise.all(nodes.map((shown) => look(context, shown.node, shown.sysfs))),
    stableLinks(machine, "/dev/v4l", nodes),
    holdersOf(machine, paths),
  ]);
  return looks
    .filter((seen) => seen !== null)
    .map((seen, index) => toCamera(seen, index, links.get(seen.node), holders.get(seen.node)));
}

const numberOf = (name: string) => Number(name.replace(/\D/g, ""));
const byNumber = (one: string, other: string) => numberOf(one) - numberOf(other);

/** A node that is a camera, or would be one. */
interface Seen {
  readonly node: string;
  readonly name: string;
  readonly sysfsPath: string | null;
  readonly access: Access;
  readonly modes: Camera["modes"];
}

async function look(context: ListingContext, node: string, sysfs: string): Promise<Seen | null> {
  const { machine } = context;
  const [title, sysfsPath, record, access] = await Promise.all([
    machine.readText(`${sysfs}/name`),
    machine.realpath(sysfs),
    udevRecord(machine, sysfs),
    accessOf(machine, node),
  ]);
  const name = title?.trim() || node;
  const remembered = kindOf(record);
  if (NO_CAMERAS.test(name)) return null;
  if (remembered !== null && remembered.kind !== "capture" && !isVirtual(sysfsPath)) return null;
  const answer = access.isAllowed ? await askDevice(context, node) : null;
  const found = answer ?? remembered;
  const seen = { node, name, sysfsPath, access, modes: found?.kind === "capture" ? found.modes : [] };
  if (isVirtual(sysfsPath)) {
    return answer !== null && seen.modes.length === 0 ? { ...seen, access: notFed(node) } : seen;
  }
  if (found !== null) return found.kind === "capture" ? seen : null;
  // Nobody could tell: a device's first node is shown, its further ones are metadata.
  return (await machine.readText(`${sysfs}/index`))?.trim() === "0" ? seen : null;
}

/** A v4l2loopback. Without a feeder it has no formats; with exclusive_caps=1 it is an output then, or nothing at all. */
const isVirtual = (sysfsPath: string | null) => sysfsPath?.startsWith("/sys/devices/virtual/") ?? false;

/** v4l2-ctl tells most; where it is not installed, ffmpeg tells enough. */
async function askDevice({ machine, ffmpegPath }: ListingContext, node: string): Promise<V4l2Node | null> {
  const answer = await machine.run("v4l2-ctl", v4l2CtlArguments(node), { timeoutMs: V4L2_CTL_TIMEOUT_MS });
  const found = answer && parseV4l2Ctl(answer.stdout);
  if (found) return found;
  const listed = await machine.run(ffmpegPath, v4l2ListArguments(node), { timeoutMs: FFMPEG_TIMEOUT_MS });
  return listed && parseV4l2Listing(listed.stderr);
}

/** What udev found when the node appeared; a v4l2loopback may have changed sides since. */
function kindOf(record: UdevRecord | null): V4l2Node | null {
  const capabilities = record?.capabilities;
  if (!capabilities) return null;
  if (capabilities.includes("video_output")) return { kind: "output" };
  return capabilities.includes("capture") ? { kind: "capture", modes: [] } : { kind: "other" };
}

function notFed(node: string): Access {
  const fix = "start the program that feeds it (in OBS: Start Virtual Camera)";
  return denied(`${node} is a virtual camera without a source`, fix);
}

function toCamera(
  { node, name, sysfsPath, access, modes }: Seen,
  index: number,
  links: StableLinks | undefined,
  holders: readonly Holder[] | undefined,
): Camera {
  return {
    kind: "camera",
    alias: `cam${index}`,
    name,
    node,
    demuxer: "v4l2",
    stableId: links?.byId ?? links?.byPath ?? sysfsPath ?? node,
    physicalId: usbDevice(sysfsPath),
    access,
    modes,
    holders: holders ?? [],
  };
}

/**
 * The USB device behind a path of sysfs, the same for a webcam's camera and its microphone; null where it is no USB
 * device. An interface (`1-2:1.0`) is a folder in its device's (`1-2`): the kernel's Documentation/ABI, sysfs-bus-usb.
 */
export function usbDevice(sysfsPath: string | null): string | null {
  return /^(.*\/\d+-\d+(?:\.\d+)*)\/\d+-\d+(?:\.\d+)*:\d+\.\d+(?:\/|$)/.exec(sysfsPath ?? "")?.[1] ?? null;
}
