import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AlsaCapture, parseCaptures, parseCards } from "../../../src/devices/platform/alsa.ts";
import { parseSources, pulseSources, standsFor } from "../../../src/devices/platform/pulse.ts";
import { fakeMachine } from "../../system/fake-machine.ts";
import { recorded } from "./recorded.ts";

test("sources have the names that ffmpeg takes, and descriptions in any script", () => {
  expect(parseSources(recorded("pulse.pactl"))).toEqual([
    { name: "mic_feed.monitor", description: "Monitor of MicFeed", isMonitor: true, alsa: null },
    { name: "mic", description: "VirtualMic", isMonitor: false, alsa: null },
    { name: "x.monitor", description: 'Monitor of Caméra_"HD"_麦', isMonitor: true, alsa: null },
  ]);
});

test("a source that stands for a card says which", () => {
  expect(parseSources(recorded("pulse-alsa.pactl"))).toEqual([
    {
      name: "alsa_input.hw_0_1",
      description: "Built-in Audio",
      isMonitor: false,
      alsa: { card: 0, cardName: "Loopback", device: 1 },
    },
    { name: "n.monitor", description: "Monitor of Null Output", isMonitor: true, alsa: null },
  ]);
});

test("PipeWire names the card in its own words as long as nobody has opened it", () => {
  // maltejur/discord-screenaudio issue 192
  const [source] = parseSources(`Source #49
\tState: SUSPENDED
\tName: alsa_input.pci-0000_00_1b.0.analog-stereo
\tDescription: Built-in Audio Analog Stereo
\tDriver: PipeWire
\tMonitor of Sink: n/a
\tProperties:
\t\tapi.alsa.path = "front:1"
\t\tapi.alsa.pcm.card = "1"
\t\tdevice.api = "alsa"
`);
  expect(source?.alsa).toEqual({ card: 1, cardName: null, device: null });
});

test("no text makes it throw", () => {
  const words = ["Source #1\n", "\tName: x\n", "\tMonitor of Sink: n/a\n", '\t\talsa.card = "1"\n'];
  const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), { maxLength: 40 });
  fc.assert(
    fc.property(text, (parts) => {
      expect(parseSources(parts.join("")).length).toBeLessThanOrEqual(parts.length);
    }),
  );
});

function capture(device: number): AlsaCapture {
  const cards = parseCards(" 0 [Loopback       ]: Loopback - Loopback\n");
  const [found] = parseCaptures(`00-0${device}: Loopback PCM : Loopback PCM : capture 2\n`, cards);
  if (found === undefined) throw new Error("no capture");
  return found;
}

describe("a source and a card", () => {
  const source = {
    name: "a",
    description: "A",
    isMonitor: false,
    alsa: { card: 0, cardName: "Loopback", device: 1 },
  };

  test.each([
    ["the device that the server holds", 1, source, true],
    ["another device of the card", 0, source, false],
    ["a source of the whole card", 0, { ...source, alsa: { ...source.alsa, device: null } }, true],
    ["the monitor of what the card plays", 1, { ...source, isMonitor: true }, false],
    ["a card of another machine", 1, { ...source, alsa: { ...source.alsa, cardName: "HDA" } }, false],
    ["no card at all", 1, { ...source, alsa: null }, false],
  ])("%s", (_title, device, one, expected) => {
    expect(standsFor(one, capture(device))).toBe(expected);
  });
});

describe("a server is asked", () => {
  const programs = { "pactl list sources": { stdout: recorded("pulse.pactl") } };

  test.each([
    [
      "where the session has its socket",
      { XDG_RUNTIME_DIR: "/run/user/1000" },
      "/run/user/1000/pulse/native",
    ],
    ["where the user moved it", { PULSE_RUNTIME_PATH: "/tmp/pa" }, "/tmp/pa/native"],
    [
      "below the home of who has no session",
      { HOME: "/home/kim" },
      "/home/kim/.config/pulse/5ab-runtime/native",
    ],
    ["where it serves all users", {}, "/run/pulse/native"],
    ["where the user names it", { PULSE_SERVER: "tcp:den" }, "/etc/hosts"],
  ])("%s", async (_title, env, socket) => {
    const machine = fakeMachine({ env, programs, files: { [socket]: "" } });
    expect(await pulseSources(machine)).toHaveLength(3);
  });

  test("nowhere else: pactl would start one, which takes the cards", async () => {
    const env = { HOME: "/home/kim", XDG_RUNTIME_DIR: "/run/user/1000" };
    expect(await pulseSources(fakeMachine({ env, programs }))).toEqual([]);
  });

  test.each([
    ["cannot be reached", { "pactl list sources": { code: 1, stderr: "Connection failure\n" } }],
    ["does not answer, or pactl is not installed", {}],
  ])("in vain where it %s", async (_title, failing) => {
    const machine = fakeMachine({ env: { PULSE_SERVER: "unix:/tmp/native" }, programs: failing });
    expect(await pulseSources(machine)).toEqual([]);
  });
});
