import type { Machine } from "../../system/machine.ts";
import { type UdevRecord, udevRecord } from "./udev.ts";

/** A device node, and where the kernel shows it. */
export interface ShownNode {
  /** `/dev/video0` */
  readonly node: string;
  /** `/sys/class/video4linux/video0` */
  readonly sysfs: string;
}

/** udev's names for a node that outlive a reboot. */
export interface StableLinks {
  /** By the device's own make and serial number: follows it into another socket. Null where two devices share it. */
  readonly byId: string | null;
  readonly isShared: boolean;
  /** By the socket that it is in. */
  readonly byPath: string | null;
}

/** The links below `folder` (`/dev/v4l`, `/dev/snd`) to each node. */
export async function stableLinks(
  machine: Machine,
  folder: string,
  nodes: readonly ShownNode[],
): Promise<ReadonlyMap<string, StableLinks>> {
  const [byId, byPath, records] = await Promise.all([
    linksIn(machine, `${folder}/by-id`),
    linksIn(machine, `${folder}/by-path`),
    Promise.all(nodes.map(({ sysfs }) => udevRecord(machine, sysfs))),
  ]);
  return new Map(
    nodes.map(({ node }) => {
      const link = byId.get(node) ?? null;
      const isShared = link !== null && claimants(records, link) > 1;
      return [node, { byId: isShared ? null : link, isShared, byPath: byPath.get(node) ?? null }];
    }),
  );
}

/** Two cameras of one make without serial numbers claim one link, and the last to be plugged in has it. */
function claimants(records: readonly (UdevRecord | null)[], link: string): number {
  return records.filter((record) => record?.links.includes(link)).length;
}

async function linksIn(machine: Machine, folder: string): Promise<ReadonlyMap<string, string>> {
  const links = (await machine.list(folder)).map((name) => `${folder}/${name}`);
  const targets = await Promise.all(links.map((link) => machine.realpath(link)));
  const found = new Map<string, string>();
  for (const [index, link] of links.entries()) {
    const target = targets[index];
    if (target && !found.has(target)) found.set(target, link);
  }
  return found;
}
