import { basename, join } from "node:path";
import { udevRecord } from "../devices/platform/udev.ts";
import type { Encoder } from "../ffmpeg/encoder.ts";
import { accessOf } from "../system/access.ts";
import type { Machine } from "../system/machine.ts";
import type { Refusal } from "./verdict.ts";

/** An encoder on one node of this machine. */
export interface Candidate {
  readonly encoder: Encoder;
  /** null where ffmpeg is told none. */
  readonly node: string | null;
  /** What can be seen to stand in its way without running it. */
  readonly refusal: Refusal | null;
  /** A node that it may need and that this user may not open, where ffmpeg looks for the right one by itself. */
  readonly forbidden: Refusal | null;
}

/** Every encoder of the table that this system can have, on every node, in the table's order. */
export async function candidatesOf(
  machine: Machine,
  encoders: readonly Encoder[],
): Promise<readonly Candidate[]> {
  const here = encoders.filter((encoder) => runsOn(encoder, machine.platform));
  return (await Promise.all(here.map((encoder) => onEachNode(machine, encoder)))).flat();
}

/** Whether ffmpeg has this encoder on such a system at all. */
export function runsOn({ platforms }: Encoder, platform: NodeJS.Platform): boolean {
  return platforms === "all" || platforms.includes(platform);
}

/** Whether it is anything else than the CPU that encodes. */
export function isHardware({ hardware }: Encoder): boolean {
  return hardware.kind !== "none";
}

async function onEachNode(machine: Machine, encoder: Encoder): Promise<readonly Candidate[]> {
  const { hardware } = encoder;
  const alone: Candidate = { encoder, node: null, refusal: null, forbidden: null };
  // Elsewhere the system's own interfaces find the GPU.
  if (hardware.kind !== "nodes" || machine.platform !== "linux") return [alone];
  const paths = await nodesOf(machine, hardware);
  if (hardware.openedBy === "ffmpeg") {
    if (paths.length === 0) return [{ ...alone, refusal: absent(hardware.shown) }];
    const refusals = await Promise.all(paths.map((path) => refusedAccess(machine, path)));
    return [{ ...alone, forbidden: refusals.find((refusal) => refusal !== null) ?? null }];
  }
  const onNodes = await Promise.all(
    paths.map(async (node) => ({ ...alone, node, refusal: await refusedAccess(machine, node) })),
  );
  const display = hardware.orDisplay ? machine.env["DISPLAY"] : undefined;
  const onDisplay = display ? [{ ...alone, node: display }] : [];
  const all = [...onNodes, ...onDisplay];
  return all.length > 0 ? all : [{ ...alone, refusal: absent(hardware.shown) }];
}

async function nodesOf(machine: Machine, { folder, names }: Nodes): Promise<readonly string[]> {
  const paths = (await machine.list(folder))
    .filter((name) => names.test(name))
    .map((name) => join(folder, name));
  const areCameras = await Promise.all(paths.map((path) => isCamera(machine, path)));
  return paths.filter((_, index) => !areCameras[index]);
}

type Nodes = Extract<Encoder["hardware"], { readonly kind: "nodes" }>;

/** A V4L2 node of which udev knows that it captures, and does nothing else. */
async function isCamera(machine: Machine, path: string): Promise<boolean> {
  const record = await udevRecord(machine, `/sys/class/video4linux/${basename(path)}`);
  const capabilities = record?.capabilities ?? [];
  return capabilities.includes("capture") && !capabilities.some((one) => /^video_(output|m2m)/.test(one));
}

function absent(shown: string): Refusal {
  return {
    reason: `no ${shown}`,
    fix: "the hardware, its kernel driver or, in a container, the device is missing",
    isAbsent: true,
  };
}

/** ffmpeg says the same of a node that is not there, one that may not be opened, and one without a driver. */
async function refusedAccess(machine: Machine, path: string): Promise<Refusal | null> {
  const access = await accessOf(machine, path);
  return access.isAllowed ? null : { reason: access.reason, fix: access.fix, isAbsent: false };
}
