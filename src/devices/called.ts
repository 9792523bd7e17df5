import type { Device } from "./device.ts";

/** What a line can bear. */
const MAX_NAME_LENGTH = 60;
const MAX_TEXT_LENGTH = 300;

/** A device as messages name it: `cam0 "HD Webcam" (/dev/video0)`. */
export function called({ alias, name, node }: Pick<Device, "alias" | "name" | "node">): string {
  return `${alias} "${plain(name, MAX_NAME_LENGTH)}" (${plain(node)})`;
}

/** Several devices as a message names them; those beyond the fifth are counted. */
export function calledTogether(devices: readonly Pick<Device, "alias" | "name" | "node">[]): string {
  const first = devices.slice(0, 5).map(called).join(", ");
  return devices.length > 5 ? `${first} and ${devices.length - 5} more` : first;
}

/** Text from a device, not endless and on one line: the maker of a USB device chooses what a terminal would obey. */
export function plain(text: string, maxLength = MAX_TEXT_LENGTH): string {
  const shown = text.replace(/\p{C}+/gu, "?");
  return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown;
}
