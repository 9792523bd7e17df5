import type { Camera, Device } from "../devices/device.ts";
import { isContainer } from "./container.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok, warning } from "./finding.ts";

/** Each device: whether this user may open it, and whether it is free. */
export async function checkDevices({ devices, machine }: DoctorContext): Promise<readonly Finding[]> {
  const found = await devices();
  // In a container, what is missing was not passed to it: its own check says so.
  const mayLack = machine.platform === "linux" && (await isContainer(machine));
  const isThere = (kind: Device["kind"]) => mayLack || found.some((device) => device.kind === kind);
  return [
    ...(isThere("camera") ? [] : [warning("cameras", "none found", "plug one in, or load its driver")]),
    ...(isThere("microphone") ? [] : [warning("microphones", "none found; streams will have no audio")]),
    ...found.map(findingOf),
  ];
}

function findingOf(device: Device): Finding {
  const { alias, name, node, access } = device;
  const called = `${name} (${node})`;
  if (!access.isAllowed) {
    const say = device.kind === "screen" ? warning : failure; // $DISPLAY may be left over from another session
    return say(alias, `${called}: ${access.reason}`, access.fix);
  }
  if (device.kind === "camera" && device.holders.length > 0) return heldBy(device);
  return ok(alias, called);
}

/** A camera serves one program at a time; others share. */
function heldBy({ alias, name, node, holders }: Camera): Finding {
  const programs = holders.map((holder) => `${holder.name} (pid ${holder.pid})`).join(", ");
  const fix = `kill ${holders.map(({ pid }) => pid).join(" ")}`;
  return warning(alias, `${name} (${node}): in use by ${programs}`, fix);
}

/** What kind of desktop would be captured. */
export async function checkSession({ machine }: DoctorContext): Promise<readonly Finding[]> {
  const { WAYLAND_DISPLAY: wayland, XDG_SESSION_TYPE: type } = machine.env;
  if (machine.platform !== "linux" || (!wayland && type !== "wayland")) return [];
  return [
    warning(
      "session",
      "on Wayland, screen capture shows only X11 windows",
      "log in to an X11 (Xorg) session to capture the whole screen",
    ),
  ];
}
