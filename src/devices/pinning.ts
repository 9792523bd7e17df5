import { looksLikeAlias } from "./alias.ts";
import type { Device, Devices } from "./device.ts";
import { absentDevice, hasStableId, selectDevice, type Wanted } from "./select.ts";

/** What a pin shall stay with, and that device if it is there now. */
export interface PinTarget {
  readonly stableId: string;
  readonly device: Device | null;
}

/**
 * What is meant by `--pin NAME=TEXT`: a device that is there, a camera before a microphone before a screen; or else
 * the stable id of one that will be.
 * @throws UserError where TEXT can only be the number of a device, and that is not there; or where it could be several
 */
export function pinTarget(devices: Devices, wanted: Omit<Wanted, "pins">): PinTarget {
  const { text } = wanted;
  for (const kind of [devices.cameras, devices.microphones, devices.screens]) {
    const device = selectDevice<Device>(kind, { ...wanted, pins: [] });
    if (device !== null) return { stableId: device.stableId, device };
  }
  if (looksLikeAlias(text) || /^\/dev\/(video|snd\/)|^(plug)?hw:/.test(text)) {
    const [kind, others] = kindOf(devices, text);
    throw absentDevice(text, kind, others);
  }
  return { stableId: text, device: null };
}

function kindOf(
  { cameras, microphones, screens }: Devices,
  text: string,
): [Device["kind"], readonly Device[]] {
  if (/^screen/i.test(text)) return ["screen", screens];
  return /^cam|video/i.test(text) ? ["camera", cameras] : ["microphone", microphones];
}

/** The devices that an id stands for; a camera and its microphone may have the same. */
export function devicesOfId({ cameras, microphones, screens }: Devices, id: string): readonly Device[] {
  return [...cameras, ...microphones, ...screens].filter((device) => hasStableId(device, id));
}
