/**
 * The USB device behind a path of sysfs, the same for a webcam's camera and its microphone; null where it is no USB
 * device. An interface (`1-2:1.0`) is a folder in its device's (`1-2`): the kernel's Documentation/ABI, sysfs-bus-usb.
 */
export function usbDevice(sysfsPath: string | null): string | null {
  return /^(.*\/\d+-\d+(?:\.\d+)*)\/\d+-\d+(?:\.\d+)*:\d+\.\d+(?:\/|$)/.exec(sysfsPath ?? "")?.[1] ?? null;
}
