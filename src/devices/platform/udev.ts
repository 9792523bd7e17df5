import type { Machine } from "../../system/machine.ts";

/** What udev's database has on a device node; everyone may read it, even without permission to open the node. */
export interface UdevRecord {
  /** The links that the node claims: `/dev/v4l/by-id/usb-…-video-index0`. */
  readonly links: readonly string[];
  /** Of a V4L2 node: `capture`, `video_output`; null where nothing is said. */
  readonly capabilities: readonly string[] | null;
}

/** The record of the node that `sysfs` shows (`/sys/class/video4linux/video0`); null where udev keeps none. */
export async function udevRecord(machine: Machine, sysfs: string): Promise<UdevRecord | null> {
  const numbers = (await machine.readText(`${sysfs}/dev`))?.trim();
  if (!numbers || !/^\d+:\d+$/.test(numbers)) return null;
  const text = await machine.readText(`/run/udev/data/c${numbers}`);
  return text === null ? null : parseUdevRecord(text);
}

/** One `KEY:value` a line: systemd's src/libsystemd/sd-device/device-private.c, and udev's v4l_id for the capabilities. */
export function parseUdevRecord(text: string): UdevRecord {
  const capabilities = /^E:ID_V4L_CAPABILITIES=(.*)$/m.exec(text)?.[1];
  return {
    links: [...text.matchAll(/^S:(.+)$/gm)].map(([, link]) => `/dev/${link}`),
    capabilities: capabilities?.split(":").filter((word) => word !== "") ?? null,
  };
}
