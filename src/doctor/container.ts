import { isLoopback } from "../auth/address.ts";
import type { Machine } from "../system/machine.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, ok, warning } from "./finding.ts";

const SUBJECT = "container";

/** A container sees only the devices and ports that it is given; nothing is said outside of one. */
export async function checkContainer({ machine, host, port }: DoctorContext): Promise<readonly Finding[]> {
  if (machine.platform !== "linux" || !(await isContainer(machine))) return [];
  const [devices, sound] = await Promise.all([machine.list("/dev"), machine.list("/dev/snd")]);
  const missing = [
    ...(devices.some((name) => /^video\d+$/.test(name)) ? [] : [{ what: "camera", path: "/dev/video0" }]),
    ...(sound.length > 0 ? [] : [{ what: "sound card", path: "/dev/snd" }]),
  ];
  const text = `it was given no ${missing.map(({ what }) => what).join(" and no ")}`;
  const fix = `docker run ${missing.map(({ path }) => `--device ${path}`).join(" ")} …`;
  const findings = missing.length === 0 ? [] : [warning(SUBJECT, text, fix)];
  const isInside = host === null || isLoopback(host);
  const viewing = isInside
    ? `viewers outside need flvcast start --host 0.0.0.0, and docker run -p ${port}:${port}`
    : `viewers outside need docker run -p ${port}:${port}`;
  return [...findings, ok(SUBJECT, viewing)];
}

/** Docker and Podman leave a file; systemd-nspawn and LXC a variable in the first process. */
async function isContainer(machine: Machine): Promise<boolean> {
  const [docker, podman, systemd] = await Promise.all([
    machine.readText("/.dockerenv"),
    machine.readText("/run/.containerenv"),
    machine.readText("/run/systemd/container"), // what systemd found: systemd-detect-virt(1)
  ]);
  return docker !== null || podman !== null || systemd !== null;
}
