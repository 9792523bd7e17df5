import { expect, test } from "vitest";
import {
  alsaCaptures,
  alsaMicrophones,
  parseCaptures,
  parseCards,
} from "../../../src/devices/platform/alsa.ts";
import { accounts, type FakeParts, fakeMachine } from "../../system/fake-machine.ts";

// A laptop with a Logitech C920, its HDMI sound and its own: /proc/asound/cards and /proc/asound/pcm
const CARDS = ` 0 [HDMI           ]: HDA-Intel - HDA Intel HDMI
                      HDA Intel HDMI at 0xf7a34000 irq 34
 1 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7a30000 irq 33
 2 [C920           ]: USB-Audio - HD Pro Webcam C920
                      HD Pro Webcam C920 at usb-0000:00:14.0-2, high speed
`;
const PCM = `00-03: HDMI 0 : HDMI 0 : playback 1
01-00: ALC269VC Analog : ALC269VC Analog : playback 1 : capture 1
01-02: ALC269VC Alt Analog : ALC269VC Alt Analog : capture 1
02-00: USB Audio : USB Audio : capture 1
`;
const USB = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2";
const NODES = ["controlC1", "controlC2", "pcmC1D0c", "pcmC1D2c", "pcmC2D0c"].map(
  (name) => `/dev/snd/${name}`,
);
const nodes = (mayOpen: boolean, except: readonly string[] = []) =>
  Object.fromEntries(
    NODES.map((node) => [node, { gid: 29, mayOpen: except.includes(node) ? !mayOpen : mayOpen }]),
  );

async function microphones({ files = {}, links = {}, ...more }: FakeParts) {
  const machine = fakeMachine({
    nodes: nodes(true),
    ...more,
    files: { ...accounts(), "/proc/asound/cards": CARDS, "/proc/asound/pcm": PCM, ...files },
    links: { "/sys/class/sound/card2": `${USB}/1-2:1.2/sound/card2`, ...links },
  });
  return alsaMicrophones(machine, await alsaCaptures(machine));
}

test("cards that record are microphones, named by their card, and by device where it has several", async () => {
  const found = await microphones({});
  expect(found.map(({ name, node, stableId }) => [name, node, stableId])).toEqual([
    ["HDA Intel PCH: ALC269VC Analog, device 0", "plughw:1,0", "hw:CARD=PCH,DEV=0"],
    ["HDA Intel PCH: ALC269VC Alt Analog, device 2", "plughw:1,2", "hw:CARD=PCH,DEV=2"],
    ["HD Pro Webcam C920", "plughw:2,0", "hw:CARD=C920,DEV=0"],
  ]);
  expect(found[2]).toMatchObject({
    demuxer: "alsa",
    access: { isAllowed: true },
    isMonitor: false,
    holders: [],
  });
});

test("a webcam's microphone is of the same device as its camera", async () => {
  const found = await microphones({});
  expect(found.map(({ physicalId }) => physicalId)).toEqual([null, null, USB]);
});

test("a USB microphone keeps its own name in another socket", async () => {
  const link = "/dev/snd/by-id/usb-046d_HD_Pro_Webcam_C920_A1B2C3D4-02";
  const found = await microphones({ links: { [link]: "/dev/snd/controlC2" } });
  expect(found[2]?.stableId).toBe(`${link},DEV=0`);
});

test("two of one make without serial numbers are told apart by their sockets", async () => {
  const byId = "/dev/snd/by-id/usb-Generic_USB_Mic-00";
  const byPath = "/dev/snd/by-path/pci-0000:00:14.0-usb-0:2:1.0";
  const claim = "S:snd/by-id/usb-Generic_USB_Mic-00\n";
  const found = await microphones({
    files: {
      "/sys/class/sound/controlC1/dev": "116:5\n",
      "/sys/class/sound/controlC2/dev": "116:9\n",
      "/run/udev/data/c116:5": claim,
      "/run/udev/data/c116:9": claim,
    },
    links: { [byId]: "/dev/snd/controlC2", [byPath]: "/dev/snd/controlC2" },
  });
  expect(found[2]?.stableId).toBe(`${byPath},DEV=0`);
});

test.each([
  ["its control", "/dev/snd/controlC2"],
  ["its samples", "/dev/snd/pcmC2D0c"],
])("a card is closed to us where %s is", async (_title, node) => {
  const found = await microphones({ nodes: nodes(true, [node]) });
  expect(found.map(({ access }) => access.isAllowed)).toEqual([true, true, false]);
  expect(found[2]?.access).toMatchObject({
    reason: expect.stringContaining(`${node}: it is for group audio`),
  });
});

test("a microphone says who records from it", async () => {
  const found = await microphones({
    files: {
      "/proc/asound/card2/pcm0c/sub0/status": "state: RUNNING\nowner_pid   : 221\n",
      "/proc/221/status": "Name:\tarecord\nTgid:\t221\nPPid:\t1\n",
      "/proc/221/comm": "arecord\n",
    },
  });
  expect(found.map(({ holders }) => holders)).toEqual([[], [], [{ pid: 221, name: "arecord" }]]);
});

test("a machine without sound cards has no microphones", async () => {
  expect(parseCards("--- no soundcards ---\n")).toEqual([]);
  expect(await microphones({ files: { "/proc/asound/cards": "--- no soundcards ---\n" } })).toEqual([]);
  expect(await alsaCaptures(fakeMachine({}))).toEqual([]);
});

test("the kernel's loopback records on both of its devices", () => {
  const cards = parseCards(" 0 [Loopback       ]: Loopback - Loopback\n                      Loopback 1\n");
  expect(cards).toEqual([{ index: 0, id: "Loopback", name: "Loopback" }]);
  const pcm = [0, 1].map((n) => `00-0${n}: Loopback PCM : Loopback PCM : playback 2 : capture 2\n`).join("");
  expect(parseCaptures(pcm, cards).map(({ device, name }) => [device, name])).toEqual([
    [0, "Loopback PCM"],
    [1, "Loopback PCM"],
  ]);
});
