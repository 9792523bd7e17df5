import type { Camera, Device } from "../devices/device.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok, warning } from "./finding.ts";

/** Each device: whether this user may open it, and whether it is free. */
export async function checkDevices({ devices }: DoctorContext): Promise<readonly Finding[]> {
  const found = await devices();
  const isThere = (kind: Device["kind"]) => found.some((device) => device.kind === kind);
  return [
    ...(isThere("camera") ? [] : [warning("cameras", "none found", "plug one in, or load its driver")]),
    ...(isThere("microphone") ? [] : [warning("microphones", "none found: streams will have no sound")]),
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
  return warning(alias, `${name} (${node}): ${programs} has it open, and may keep it from others`, fix);
}

/** What kind of desktop would be captured. */
export async function checkSession({ machine }: DoctorContext): Promise<readonly Finding[]> {
  const { WAYLAND_DISPLAY: wayland, XDG_SESSION_TYPE: type } = machine.env;
  if (machine.platform !== "linux" || (!wayland && type !== "wayland")) return [];
  return [
    warning(
      "session",
      "this is Wayland, where a screen's capture sees only X11 windows",
      "to capture the whole screen, log in to an X11 (Xorg) session",
    ),
  ];
}
