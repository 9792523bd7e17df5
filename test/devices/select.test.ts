import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Device } from "../../src/devices/device.ts";
import { absentDevice, microphoneOf, selectDevice } from "../../src/devices/select.ts";
import { UserError } from "../../src/errors.ts";
import { someCamera, someMicrophone } from "./some-devices.ts";

const webcam = someCamera();
const logitech = someCamera({
  alias: "cam1",
  name: "Logitech Webcam2000",
  node: "/dev/video2",
  stableId: "/dev/v4l/by-id/usb-046d_C920_8E2C-video-index0",
});
const brio = someCamera({
  alias: "cam2",
  name: "Logitech BRIO",
  node: "/dev/video4",
  stableId: "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0",
});
const cameras = [webcam, logitech];
const pins = [
  { name: "door", stableId: logitech.stableId },
  { name: "yard", stableId: brio.stableId },
];

const select = (text: string, realPath: string | null = null) =>
  selectDevice(cameras, { text, pins, realPath });

describe("a device is meant by", () => {
  test.each<[what: string, text: string, device: Device]>([
    ["its alias", "cam1", logitech],
    ["its node", "/dev/video2", logitech],
    ["its stable id", logitech.stableId, logitech],
    ["its stable id's bare link", "usb-046d_C920_8E2C-video-index0", logitech],
    ["its pin", "door", logitech],
    ["a part of its name", "Logi", logitech],
    ["a part of its name in any case", "logitech web", logitech],
    ["its whole name, though another's contains it", "hd webcam", webcam],
  ])("%s", (_, text, device) => {
    expect(select(text)).toBe(device);
  });

  test("a link that leads to it", () => {
    expect(select("/dev/front-door", "/dev/video2")).toBe(logitech);
  });

  test.each([
    ["plughw:1,0", "hw:1,0"],
    ["hw:1,0", "plughw:1,0"],
  ])("ALSA's other word for it: %s is %s", (node, text) => {
    const microphone = someMicrophone({ node });
    expect(selectDevice([microphone], { text, pins: [] })).toBe(microphone);
  });

  test("a sound server's name for its source", () => {
    const node = "alsa_input.usb-046d_C920-02.analog-stereo";
    const microphone = someMicrophone({ demuxer: "pulse", node });
    expect(selectDevice([microphone], { text: node, pins: [] })).toBe(microphone);
  });

  test("what DirectShow opens by name", () => {
    const camera = someCamera({ demuxer: "dshow", node: "video=@device_pnp_1", name: "Integrated Camera" });
    expect(selectDevice([camera], { text: "video=Integrated Camera", pins: [] })).toBe(camera);
  });
});

describe("no device is meant by", () => {
  test.each(["", "garden.mp4", "/dev/video9", "cam9", "index0", "by-id/usb-046d"])("%j", (text) => {
    expect(select(text)).toBeNull();
  });

  test("the alias of one that is gone, even where it is part of a name", () => {
    expect(selectDevice([someCamera({ name: "Webcam2 HD" })], { text: "cam2", pins: [] })).toBeNull();
  });
});

test("a pinned device that is not there is an error, though another is called so", () => {
  const yard = someCamera({ name: "yard" });
  expect(() => selectDevice([yard], { text: "yard", pins })).toThrow(
    new UserError(
      "deviceAbsent",
      `"yard" is pinned to ${brio.stableId}, which is not connected; plug it in, or see flvcast devices`,
    ),
  );
});

test("a part of two names lists both", () => {
  expect(() => selectDevice([...cameras, brio], { text: "Logi", pins })).toThrow(
    new UserError(
      "usage",
      '"Logi" matches cam1 "Logitech Webcam2000" (/dev/video2), cam2 "Logitech BRIO" (/dev/video4); use the alias, or more of the name',
    ),
  );
});

describe("a device that is not there", () => {
  test("is told with those that are", () => {
    const error = absentDevice("cam2", "camera", [webcam]);
    expect(error.message).toBe(
      'camera "cam2" not found; available: cam0 "HD Webcam" (/dev/video0) (see flvcast devices)',
    );
    expect(error.reason).toBe("deviceAbsent");
  });

  test("is asked after where it is nearly a word for another kind of input", () => {
    expect(absentDevice("tset", "camera", [webcam]).message).toBe(
      'camera "tset" not found; did you mean test? (see flvcast devices)',
    );
    expect(absentDevice("tset", "microphone", []).message).not.toContain("did you mean");
  });

  test("is told where none is", () => {
    expect(absentDevice("mic1", "microphone", []).message).toBe(
      'microphone "mic1" not found: no microphones are connected',
    );
  });

  test("is told in one line of bounded length, whatever devices call themselves", () => {
    const many = Array.from({ length: 40 }, () => someCamera({ name: `\u001b[2Jevil\n${"x".repeat(1000)}` }));
    const { message } = absentDevice("\u001b[2J", "camera", many);
    expect(message).not.toMatch(/\p{C}/u);
    expect(message).toContain("and 35 more");
    expect(message.length).toBeLessThan(1500);
  });
});

describe("a camera's own microphone", () => {
  test("is the one of the same physical device", () => {
    const own = someMicrophone({ alias: "mic1" });
    expect(microphoneOf(webcam, [someMicrophone({ physicalId: "1-3" }), own])).toBe(own);
  });

  test("is no monitor", () => {
    expect(microphoneOf(webcam, [someMicrophone({ isMonitor: true })])).toBeNull();
  });

  test("is unknown where the camera's case is", () => {
    expect(microphoneOf(someCamera({ physicalId: null }), [someMicrophone({ physicalId: null })])).toBeNull();
  });

  test("is taken from the sound server, which holds it, and rather where this user may", () => {
    const alsa = someMicrophone();
    const pulse = someMicrophone({ demuxer: "pulse" });
    const locked = someMicrophone({ demuxer: "pulse", access: { isAllowed: false, reason: "", fix: "" } });
    expect(microphoneOf(webcam, [alsa, pulse])).toBe(pulse);
    expect(microphoneOf(webcam, [locked, alsa])).toBe(alsa);
  });
});

test("any text means a device, or none, or is refused for the user to read", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(fc.string()), (text, names) => {
      const some = names.map((name, index) => someCamera({ name, alias: `cam${index}` }));
      expect([...some, null, "refused"]).toContain(outcome(some, text));
    }),
  );
});

/** What a text means, or that a line for the user says why it means nothing. Other errors are thrown. */
function outcome(devices: readonly Device[], text: string): Device | null | "refused" {
  try {
    return selectDevice(devices, { text, pins });
  } catch (error) {
    if (error instanceof UserError) return "refused";
    throw error;
  }
}
