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
    ...(sound.length > 0 ? [] : [{ what: "sound device", path: "/dev/snd" }]),
  ];
  const isInside = host === null || isLoopback(host);
  const published = `docker run -p ${port}:${port}`;
  if (missing.length === 0) {
    const serving = isInside ? `flvcast start --host 0.0.0.0, and ${published}` : published;
    return [ok(SUBJECT, `to reach it from outside the container: ${serving}`)];
  }
  const text = `no ${missing.map(({ what }) => what).join(" or ")} passed to the container`;
  const passed = missing.map(({ path }) => `--device ${path}`).join(" ");
  return [warning(SUBJECT, text, `${published} ${passed} …`)];
}

/** Docker and Podman leave a file; systemd-nspawn and LXC a variable in the first process. */
export async function isContainer(machine: Machine): Promise<boolean> {
  const [docker, podman, systemd] = await Promise.all([
    machine.readText("/.dockerenv"),
    machine.readText("/run/.containerenv"),
    machine.readText("/run/systemd/container"), // what systemd found: systemd-detect-virt(1)
  ]);
  return docker !== null || podman !== null || systemd !== null;
}
