import { expect, test } from "vitest";
import { linux } from "../../../src/devices/platform/linux.ts";
import { accounts, fakeMachine } from "../../system/fake-machine.ts";
import { recorded } from "./recorded.ts";

const LOOPBACK = {
  ...accounts(),
  "/proc/asound/cards": " 0 [Loopback       ]: Loopback - Loopback\n                      Loopback 1\n",
  "/proc/asound/pcm": [0, 1]
    .map((n) => `00-0${n}: Loopback PCM : Loopback PCM : playback 2 : capture 2\n`)
    .join(""),
};

test("what the sound server holds is taken from the server, and what the machine plays comes last", async () => {
  const machine = fakeMachine({
    env: { PULSE_SERVER: "unix:/tmp/native" },
    files: LOOPBACK,
    links: { "/sys/class/sound/card0": "/sys/devices/pci0000:00/usb1/1-2/1-2:1.2/sound/card0" },
    programs: { "pactl list sources": { stdout: recorded("pulse-alsa.pactl") } },
  });
  const found = await linux.microphones({ machine, ffmpegPath: "/opt/ffmpeg" });
  expect(found.map(({ alias, demuxer, node, isMonitor }) => [alias, demuxer, node, isMonitor])).toEqual([
    ["mic0", "pulse", "alsa_input.hw_0_1", false],
    ["mic1", "alsa", "plughw:0,0", false],
    ["mic2", "pulse", "n.monitor", true],
  ]);
  expect(found[0]).toMatchObject({
    name: "Built-in Audio",
    stableId: "alsa_input.hw_0_1",
    physicalId: "/sys/devices/pci0000:00/usb1/1-2",
    access: { isAllowed: true },
  });
});

test("without a sound server, the cards themselves are the microphones", async () => {
  const machine = fakeMachine({ files: LOOPBACK });
  const found = await linux.microphones({ machine, ffmpegPath: "/opt/ffmpeg" });
  expect(found.map(({ alias, stableId }) => [alias, stableId])).toEqual([
    ["mic0", "hw:CARD=Loopback,DEV=0"],
    ["mic1", "hw:CARD=Loopback,DEV=1"],
  ]);
});

test("a bare machine has nothing to capture", async () => {
  const context = { machine: fakeMachine({}), ffmpegPath: "/opt/ffmpeg" };
  expect(await linux.cameras(context)).toEqual([]);
  expect(await linux.microphones(context)).toEqual([]);
  expect(await linux.screens(context)).toEqual([]);
});
