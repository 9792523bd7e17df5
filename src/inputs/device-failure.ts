import type { Device } from "../devices/device.ts";
import { captureNamed } from "../devices/platform/alsa-name.ts";
import { UserError } from "../errors.ts";
import { accessOf } from "../system/access.ts";
import { type Holder, holdersOf } from "../system/holders.ts";
import type { Machine } from "../system/machine.ts";

/** The device that ffmpeg was to open. */
export type FailedDevice = Pick<Device, "alias" | "node" | "demuxer">;

/**
 * The failure of a captured device with what the machine knows of it: who holds it, which group may open it, whether
 * it is there at all. One of which the machine knows no more than ffmpeg said comes back as it is.
 */
export async function explainFailure(
  failure: UserError,
  device: FailedDevice,
  machine: Machine,
): Promise<UserError> {
  if (device.demuxer !== "v4l2" && device.demuxer !== "alsa") return failure;
  const nodes = await nodesOf(device, machine);
  return (await explained({ failure, device, nodes, machine })) ?? failure;
}

interface Failed {
  readonly failure: UserError;
  readonly device: FailedDevice;
  /** See `nodesOf`. */
  readonly nodes: readonly string[];
  readonly machine: Machine;
}

async function explained(failed: Failed): Promise<UserError | null> {
  const { reason, message } = failed.failure;
  switch (reason) {
    case "deviceBusy":
      return NO_PROGRAM_HOLDS_IT.test(message) ? null : busy(failed);
    case "permission":
      return (await forbidden(failed)) ?? confined(failed);
    case "deviceAbsent":
      return absent(failed);
    default:
      return null;
  }
}

/** The USB bus has no bandwidth left: other devices take it, not other programs. */
const NO_PROGRAM_HOLDS_IT = /No space left on device/;

/** The files that are opened for a device, in this order; none where the machine has no such device. */
async function nodesOf({ demuxer, node }: FailedDevice, machine: Machine): Promise<readonly string[]> {
  if (demuxer === "alsa") {
    const capture = await captureNamed(node, machine);
    return capture === null ? [] : [capture.controlNode, capture.pcmNode];
  }
  const real = await machine.realpath(node);
  return real === null ? [] : [real];
}

async function busy({ failure, device, nodes, machine }: Failed): Promise<UserError | null> {
  const held = nodes.at(-1);
  if (held === undefined) return null;
  const holders = (await holdersOf(machine, [held])).get(held) ?? [];
  const words =
    holders.length > 0
      ? `is in use by ${holders.map(asWords).join(" and ")}; ${wayOut(device, holders)}`
      : `is in use by another user's program; find it with: sudo fuser -v ${held}`;
  return new UserError("deviceBusy", `${nameOf(device)} ${words}`, { cause: failure });
}

const asWords = ({ name, pid }: Holder) => `${name} (pid ${pid})`;

const isSoundServer = ({ name }: Holder) => /^(pulseaudio|pipewire|wireplumber)/.test(name);

/** A sound server need not end: it shares what it holds. */
function wayOut(device: FailedDevice, holders: readonly Holder[]): string {
  if (device.demuxer === "alsa" && holders.every(isSoundServer))
    return "record through this sound server instead (its sources: flvcast devices)";
  return `close ${holders.length === 1 ? "it" : "them"} and try again`;
}

async function forbidden({ failure, device, nodes, machine }: Failed): Promise<UserError | null> {
  const { alias, node: given } = device;
  for (const node of nodes) {
    const access = await accessOf(machine, node);
    if (access.isAllowed) continue;
    const words = `${access.reason}; ${access.fix}`;
    return new UserError("permission", alias === given ? words : `${alias}: ${words}`, { cause: failure });
  }
  return null;
}

/** The file's mode lets this user in, and the kernel does not: a container's or a service's list of devices. */
function confined({ failure, device, nodes }: Failed): UserError | null {
  if (nodes.length === 0) return null;
  const words = `is blocked by the container or service; give it access to ${nodes.join(", ")}`;
  return new UserError("permission", `${nameOf(device)} ${words}`, { cause: failure });
}

/** ALSA says "No such file or directory" of a card that this user may not open, too. */
async function absent(failed: Failed): Promise<UserError | null> {
  const { failure, device, nodes } = failed;
  if (nodes.length > 0) return device.demuxer === "alsa" ? forbidden(failed) : null;
  const [what, it] = device.node === "default" ? ["the default microphone", "one"] : [nameOf(device), "it"];
  const words = `is not connected; plug ${it} in, or list the devices with: flvcast devices`;
  return new UserError("deviceAbsent", `${what} ${words}`, { cause: failure });
}

/** One that was given by its node, and is in no list, has no other name. */
function nameOf({ alias, node }: FailedDevice): string {
  return alias === node ? node : `${alias} (${node})`;
}
