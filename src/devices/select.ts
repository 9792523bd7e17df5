import { UserError } from "../errors.ts";
import { nearest } from "../suggest.ts";
import { looksLikeAlias } from "./alias.ts";
import { calledTogether, plain } from "./called.ts";
import type { Camera, Device, Devices, Microphone } from "./device.ts";
import type { Pin } from "./pins.ts";
import { shownArgument } from "./redact.ts";

/** What somebody typed for a device, and what may be meant by it. */
export interface Wanted {
  readonly text: string;
  readonly pins: readonly Pin[];
  /** What the text is as a path without symbolic links, where there is such a path. */
  readonly realPath?: string | null;
}

/**
 * The device that is meant, among those of one kind: by its pin, its alias, its node, its stable id, its name or a
 * part of it that no other has. Null where the text names none of them: it may be something else's name, then.
 * @throws UserError of reason `deviceAbsent` for a pinned device that is not there, `usage` where several are meant
 */
export function selectDevice<Kind extends Device>(
  devices: readonly Kind[],
  { text, pins, realPath = null }: Wanted,
): Kind | null {
  if (text === "") return null;
  const pin = pins.find(({ name }) => name === text);
  if (pin !== undefined) return pinned(devices, pin);

  const exact = devices.find((device) => isExactly(device, text) || isExactly(device, realPath));
  if (exact !== undefined) return exact;
  if (looksLikeAlias(text)) return null; // cam2 is no part of "Webcam2000": never another camera in its place

  const isCalled = (device: Kind) => device.name.toLowerCase() === text.toLowerCase();
  const named = devices.filter(isCalled);
  const meant = named.length > 0 ? named : devices.filter((device) => hasInName(device, text));
  if (meant.length > 1) {
    throw new UserError(
      "usage",
      `"${plain(text)}" matches ${calledTogether(meant)}; use the alias, or more of the name`,
    );
  }
  return meant[0] ?? null;
}

/** The device that is meant, of any kind. A camera and its microphone have one name: the camera is more likely meant. */
export function selectAmong({ cameras, screens, microphones }: Devices, wanted: Wanted): Device | null {
  if (wanted.pins.some(({ name }) => name === wanted.text))
    return selectDevice<Device>([...cameras, ...screens, ...microphones], wanted);
  return selectDevice(cameras, wanted) ?? selectDevice(screens, wanted) ?? selectDevice(microphones, wanted);
}

function pinned<Kind extends Device>(devices: readonly Kind[], { name, stableId }: Pin): Kind {
  const device = devices.find((one) => hasStableId(one, stableId));
  if (device !== undefined) return device;
  throw new UserError(
    "deviceAbsent",
    `"${name}" is pinned to ${plain(stableId)}, which is not connected; plug it in, or see flvcast devices`,
  );
}

/** Whether a device is the one that an id stands for; a link's bare name is enough. */
export function hasStableId(device: Device, id: string): boolean {
  return device.stableId === id || (device.stableId.startsWith("/") && device.stableId.endsWith(`/${id}`));
}

function isExactly(device: Device, text: string | null): boolean {
  return (
    text !== null && (device.alias === text || openedBy(device).includes(text) || hasStableId(device, text))
  );
}

/** ALSA's `hw:1,0` and `plughw:1,0` are one microphone; DirectShow opens by name, too. */
function openedBy({ demuxer, node, name }: Device): readonly string[] {
  switch (demuxer) {
    case "alsa":
      return [node, node.replace(/^plughw:/, "hw:"), node.replace(/^hw:/, "plughw:")];
    case "dshow":
      return [node, `${node.split("=", 1)[0]}=${name}`];
    default:
      return [node];
  }
}

function hasInName({ name }: Device, part: string): boolean {
  return name.toLowerCase().includes(part.toLowerCase());
}

/** The error for a device that was not found, with those that were. */
export function absentDevice(
  text: string,
  kind: Device["kind"] | "device",
  devices: readonly Device[],
): UserError {
  const found =
    devices.length === 0
      ? `: no ${kind}s are connected`
      : `; available: ${calledTogether(devices)} (see flvcast devices)`;
  const isNumbered = looksLikeAlias(text); // one that is not there, not a slip
  const meant = kind === "microphone" || isNumbered ? null : nearest(text, ["test", "screen", "rtmp"]);
  const hint = meant === null ? "" : `; did you mean ${meant}? (see flvcast devices)`;
  return new UserError("deviceAbsent", `${kind} "${plain(shownArgument(text))}" not found${hint || found}`);
}

/** The microphone in a camera's own case; one that may be opened before others, and a sound server's before ALSA's. */
export function microphoneOf(camera: Camera, microphones: readonly Microphone[]): Microphone | null {
  const [best] = microphones
    .filter(
      ({ isMonitor, physicalId }) => !isMonitor && physicalId !== null && physicalId === camera.physicalId,
    )
    .toSorted((one, other) => preferenceOf(one) - preferenceOf(other));
  return best ?? null;
}

const preferenceOf = ({ access, demuxer }: Microphone) =>
  (access.isAllowed ? 0 : 2) + (demuxer === "alsa" ? 1 : 0);
