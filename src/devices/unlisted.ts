import type { Camera, Device, Microphone, Screen } from "./device.ts";

/** A device that is known by its node alone: one that was typed in, and is in no list. */
function byNode(node: string) {
  return { alias: node, name: node, node, stableId: node, access: { isAllowed: true }, holders: [] } as const;
}

/** A microphone of the sound system's own naming: `default`, `hw:Loopback,1,0`. */
export function namedMicrophone(demuxer: Microphone["demuxer"], node: string): Microphone {
  return { ...byNode(node), kind: "microphone", demuxer, physicalId: null, isMonitor: false };
}

/**
 * A node that a list need not have, for ffmpeg to try: it knows best what is wrong with it.
 *
 * @returns null for what is no node
 */
export function unlistedDevice(node: string): Device | null {
  if (/^\/dev\/video\d+$/.test(node)) return unlistedCamera(node);
  if (/^(plug)?hw:/.test(node)) return namedMicrophone("alsa", node);
  return /^:\d+(\.\d+)?$/.test(node) ? unlistedScreen(node) : null;
}

function unlistedCamera(node: string): Camera {
  return { ...byNode(node), kind: "camera", demuxer: "v4l2", physicalId: null, modes: [] };
}

export function unlistedScreen(display: string): Screen {
  return { ...byNode(display), kind: "screen", demuxer: "x11grab", area: null };
}
