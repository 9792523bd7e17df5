import { describe, expect, test } from "vitest";
import { parseMonitors, parseScreenSize, x11Screens } from "../../../src/devices/platform/x11.ts";
import type { Ran } from "../../../src/system/machine.ts";
import { accounts, fakeMachine } from "../../system/fake-machine.ts";
import { FFMPEG_VERSIONS, recorded } from "./recorded.ts";

const grab = (display: string) =>
  `/opt/ffmpeg -hide_banner -nostdin -probesize 32 -analyzeduration 0 -f x11grab -i ${display}`;
const OPEN = { code: 1, stderr: recorded("x11grab.ffmpeg-5.1") };
const CLOSED = { code: 1, stderr: recorded("x11grab-absent.ffmpeg-5.1") };

function list(
  display: string | null,
  sockets: readonly string[],
  programs: Readonly<Record<string, Partial<Ran>>>,
) {
  const machine = fakeMachine({
    env: display === null ? {} : { DISPLAY: display },
    files: { ...accounts(), ...Object.fromEntries(sockets.map((name) => [`/tmp/.X11-unix/${name}`, ""])) },
    programs,
  });
  return x11Screens({ machine, ffmpegPath: "/opt/ffmpeg" });
}

describe.each(FFMPEG_VERSIONS)("ffmpeg %s", (version) => {
  test("a screen that can be opened has a size", () => {
    expect(parseScreenSize(recorded(`x11grab.ffmpeg-${version}`))).toBe("1280x720");
  });

  test("a screen that is not there has none", () => {
    expect(parseScreenSize(recorded(`x11grab-absent.ffmpeg-${version}`))).toBeNull();
  });
});

test("the user's own screen comes first, then others that let us in", async () => {
  const screens = await list(":1", ["X0", "X1", "X10", "X2", "X9-lock"], {
    [grab(":1")]: OPEN,
    [grab(":0")]: CLOSED,
    [grab(":2")]: OPEN,
    [grab(":10")]: OPEN,
  });
  expect(screens.map(({ alias, node, area }) => [alias, node, area])).toEqual([
    ["screen0", ":1", null],
    ["screen1", ":2", null],
    ["screen2", ":10", null],
  ]);
  expect(screens[0]).toMatchObject({ name: "X11 screen :1, 1280x720", stableId: ":1", demuxer: "x11grab" });
});

test("the user's own screen is shown when it lets nobody in, with what would help", async () => {
  expect(await list(":0.0", ["X0"], { [grab(":0.0")]: CLOSED })).toMatchObject([
    {
      node: ":0.0",
      access: { isAllowed: false, fix: "start it, or allow this user with: xhost +SI:localuser:kim" },
    },
  ]);
});

test.each([
  [{ stderr: "Unknown input format: 'x11grab'\n", code: 1 }, "this ffmpeg cannot capture X11 screens"],
  [
    { stderr: "[x11grab @ 0x1] Mapping this pixmap format is not implemented. Update\n", code: 1 },
    "ffmpeg cannot capture the X server :0 at its color depth",
  ],
  [undefined, "the X server :0 did not respond"],
])("a screen says why it cannot be captured", async (ran, reason) => {
  const programs: Record<string, Partial<Ran>> = ran === undefined ? {} : { [grab(":0")]: ran };
  expect(await list(":0", [], programs)).toMatchObject([{ access: { isAllowed: false, reason } }]);
});

test("each of several monitors is a screen too", async () => {
  // i3/i3 issue 4487, and a monitor left of the first
  const stdout =
    "Monitors: 2\n 0: +*HDMI-0 3840/597x2160/336+1975+0  HDMI-0\n 1: +DVI-D-0 1482/408x3512/306+0+0  DVI-D-0\n";
  const screens = await list(":0", ["X0"], {
    [grab(":0")]: OPEN,
    "xrandr --display :0 --listmonitors": { stdout },
  });
  expect(screens.map(({ alias, name, node, stableId, area }) => [alias, name, node, stableId, area])).toEqual(
    [
      ["screen0", "X11 screen :0, 1280x720", ":0", ":0", null],
      ["screen1", "HDMI-0, 3840x2160", ":0", ":0/HDMI-0", { x: 1975, y: 0, width: 3840, height: 2160 }],
      ["screen2", "DVI-D-0, 1482x3512", ":0", ":0/DVI-D-0", { x: 0, y: 0, width: 1482, height: 3512 }],
    ],
  );
});

test("a single monitor is the screen itself", async () => {
  const stdout = "Monitors: 1\n 0: +*eDP-1 1920/344x1080/194+0+0  eDP-1\n";
  expect(parseMonitors(stdout)).toHaveLength(1);
  const programs = { [grab(":0")]: OPEN, "xrandr --display :0 --listmonitors": { stdout } };
  expect(await list(":0", ["X0"], programs)).toHaveLength(1);
});

test("a machine without X has no screens", async () => {
  expect(await list(null, [], {})).toEqual([]);
});
