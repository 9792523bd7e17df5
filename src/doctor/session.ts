import type { DoctorContext } from "./context.ts";
import { type Finding, warning } from "./finding.ts";

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
