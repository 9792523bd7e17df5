import { type Access, denied } from "../../system/access.ts";
import { userOf } from "../../system/user.ts";
import type { Area, Screen } from "../device.ts";
import type { ListingContext } from "./platform.ts";

const ANSWER_TIMEOUT_MS = 2000;
/** Each costs a process; nobody has as many. */
const MAX_DISPLAYS = 16;

/** The screens of $DISPLAY, then those of other X servers on this machine that let us in. */
export async function x11Screens(context: ListingContext): Promise<readonly Screen[]> {
  const own = context.machine.env["DISPLAY"] || null;
  const sockets = await context.machine.list("/tmp/.X11-unix");
  const local = sockets
    .map((name) => /^X(\d+)$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map((number) => `:${number}`)
    .filter((display) => display !== own?.replace(/\.\d+$/, ""))
    .toSorted((one, other) => Number(one.slice(1)) - Number(other.slice(1)));
  const displays = [...(own ? [own] : []), ...local].slice(0, MAX_DISPLAYS);
  const found = await Promise.all(displays.map((display) => screensOf(context, display)));
  return found
    .flat()
    .filter(({ node, access }) => node === own || access.isAllowed)
    .map((screen, index) => ({ ...screen, alias: `screen${index}` }));
}

/** A display, and its monitors where it has several. */
async function screensOf(
  { machine, ffmpegPath }: ListingContext,
  display: string,
): Promise<readonly Omit<Screen, "alias">[]> {
  const limit = { timeoutMs: ANSWER_TIMEOUT_MS };
  const [tried, listed] = await Promise.all([
    machine.run(ffmpegPath, tryArguments(display), limit),
    machine.run("xrandr", ["--display", display, "--listmonitors"], limit),
  ]);
  const size = tried && parseScreenSize(tried.stderr);
  const access: Access = size
    ? { isAllowed: true }
    : denialOf(display, tried?.stderr, (await userOf(machine)).name);
  const screen = { kind: "screen", node: display, demuxer: "x11grab", access, holders: [] } as const;
  const whole = {
    ...screen,
    name: size ? `X11 screen ${display}, ${size}` : `X11 screen ${display}`,
    stableId: display,
    area: null,
  };
  const monitors = size && listed?.code === 0 ? parseMonitors(listed.stdout) : [];
  if (monitors.length < 2) return [whole];
  return [whole, ...monitors.map(({ name, area }) => asScreen(screen, name, area))];
}

function asScreen(
  screen: Pick<Screen, "kind" | "node" | "demuxer" | "access" | "holders">,
  name: string,
  area: Area,
): Omit<Screen, "alias"> {
  return {
    ...screen,
    name: `${name}, ${area.width}x${area.height}`,
    stableId: `${screen.node}/${name}`,
    area,
  };
}

/** Opens the display and grabs one picture of it, for want of an output. */
const tryArguments = (display: string): readonly string[] => [
  ...["-hide_banner", "-nostdin"],
  ...["-probesize", "32", "-analyzeduration", "0"],
  ...["-f", "x11grab"],
  ...["-i", display],
];

/** `  Stream #0:0: Video: rawvideo (BGR[0] / 0x524742), bgr0, 1280x720, …` */
export function parseScreenSize(stderr: string): string | null {
  return /^\s*Stream #0:0.*: Video: .*?, (\d+x\d+)/m.exec(stderr)?.[1] ?? null;
}

/** ` 0: +*DP-1 1920/527x1080/296+0+0  DP-1`: pixels, millimetres, offset (xrandr --listmonitors). */
export function parseMonitors(stdout: string): readonly { readonly name: string; readonly area: Area }[] {
  const line = /^\s*\d+: [+*]*(\S+) (\d+)\/\d+x(\d+)\/\d+\+(-?\d+)\+(-?\d+)/gm;
  return [...stdout.matchAll(line)].map(([, name = "", width, height, x, y]) => ({
    name,
    area: { x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
  }));
}

function denialOf(display: string, stderr: string | undefined, user: string): Access {
  if (stderr === undefined)
    return denied(`the X server ${display} did not respond`, "check that it is running");
  if (/Unknown input format|not found for input/i.test(stderr)) {
    return denied(
      "this ffmpeg cannot capture X11 screens",
      "use an ffmpeg built with x11grab (listed by ffmpeg -devices)",
    );
  }
  if (/Mapping this pixmap format is not implemented/.test(stderr)) {
    return denied(
      `ffmpeg cannot capture the X server ${display} at its color depth`,
      "start it with a depth of 24 bits (DefaultDepth 24, Xvfb -screen 0 1280x720x24)",
    );
  }
  return denied(
    `cannot connect to the X server ${display}`,
    `start it, or allow this user with: xhost +SI:localuser:${user}`,
  );
}
