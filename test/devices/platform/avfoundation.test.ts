import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parseAvfoundationListing,
  parseAvfoundationModes,
  refusalOf,
} from "../../../src/devices/platform/avfoundation.ts";
import { ownLines } from "../../../src/devices/platform/ffmpeg-listing.ts";
import {
  a4techModes,
  elCapitan,
  faceTimeModes,
  nanoKvmModes,
  twoScreens,
  virtualCameras,
  withIds,
} from "./macos-listings.ts";

const names = (entries: readonly { readonly index: number; readonly name: string }[]) =>
  entries.map(({ index, name }) => `${index} ${name}`);

describe("a listing of avfoundation", () => {
  test("has cameras and screens under one heading, microphones under another", () => {
    const { cameras, screens, microphones } = parseAvfoundationListing(ownLines(twoScreens));
    expect(names(cameras)).toEqual(["0 FaceTime HD Camera"]);
    expect(names(screens)).toEqual(["1 Capture screen 0", "2 Capture screen 1"]);
    expect(names(microphones)).toEqual(["0 Built-in Microphone"]);
  });

  test("keeps brackets and numbers in names", () => {
    const { cameras, microphones } = parseAvfoundationListing(ownLines(elCapitan));
    expect(names(cameras)).toEqual(["0 CamTwist", "1 Built-in iSight", "2 CamTwist (2VUY)"]);
    expect(names(microphones)).toEqual([
      "0 Soundflower (64ch)",
      "1 Built-in Microphone",
      "2 Soundflower (2ch)",
      "3 Built-in Input",
    ]);
  });

  test("numbers virtual cameras among the others", () => {
    const { cameras, screens } = parseAvfoundationListing(ownLines(virtualCameras));
    expect(names(cameras)).toEqual([
      "0 Meld Studio Virtual Camera",
      "1 OBS Virtual Camera",
      "2 USB3 Video",
      "3 NDI Virtual Camera",
    ]);
    expect(names(screens)).toEqual(["4 Capture screen 0", "5 Capture screen 1"]);
  });

  test("of an ffmpeg newer than 9.0 has ids behind the names", () => {
    const { cameras, screens, microphones } = parseAvfoundationListing(ownLines(withIds));
    expect(cameras).toEqual([
      { index: 0, name: "FaceTime HD Camera", uid: "47B4B64B-7067-4B9C-AD2B-AE273A71F4B5", serial: null },
      { index: 1, name: "USB Camera", uid: "0x14200000c45636b", serial: "SN0001" },
    ]);
    expect(names(screens)).toEqual(["2 Capture screen 0"]);
    expect(microphones).toEqual([
      { index: 0, name: "MacBook Pro Microphone", uid: "BuiltInMicrophoneDevice", serial: null },
    ]);
  });
});

describe("a camera's modes in avfoundation", () => {
  test("are raw, with the rate that ffmpeg takes: the upper end of each range", () => {
    expect(parseAvfoundationModes(ownLines(faceTimeModes)).slice(0, 2)).toEqual([
      {
        format: "rawvideo",
        coding: "raw",
        sizes: { kind: "discrete", width: 1920, height: 1080 },
        rates: { kind: "discrete", fps: [30] },
      },
      {
        format: "rawvideo",
        coding: "raw",
        sizes: { kind: "discrete", width: 1280, height: 720 },
        rates: { kind: "discrete", fps: [30] },
      },
    ]);
  });

  test("are one for each size, however often it is listed, the highest rate first", () => {
    expect(
      parseAvfoundationModes(ownLines(nanoKvmModes)).map(({ sizes, rates }) => ({ sizes, rates })),
    ).toEqual([
      {
        sizes: { kind: "discrete", width: 640, height: 480 },
        rates: { kind: "discrete", fps: [60, 50, 30, 20, 10] },
      },
      {
        sizes: { kind: "discrete", width: 720, height: 480 },
        rates: { kind: "discrete", fps: [60, 50, 30, 20, 10] },
      },
    ]);
  });

  test("have rates that are within the 0.01 that ffmpeg allows of what the system told", () => {
    const told = ownLines(a4techModes).flatMap((line) => /(\S+)\]fps$/.exec(line)?.[1] ?? []);
    const rates = parseAvfoundationModes(ownLines(a4techModes)).flatMap((mode) =>
      mode.rates.kind === "discrete" ? mode.rates.fps : [],
    );
    expect(rates).toContain(15);
    for (const fps of rates) expect(told.some((one) => Math.abs(Number(one) - fps) < 0.01)).toBe(true);
  });
});

test("the system's refusal is told in its own words", () => {
  const lines = ownLines(
    "[avfoundation @ 0x7f8] Failed to create AV capture input device: Cannot use FaceTime HD Camera\n",
  );
  expect(refusalOf(lines)).toBe("Cannot use FaceTime HD Camera");
  expect(refusalOf(ownLines(faceTimeModes))).toBeNull();
});

test("whatever is written, it is read without an error", () => {
  const pieces = [
    "AVFoundation video devices:",
    "AVFoundation audio devices:",
    "[0] A",
    "[1] B  [uid:x]",
    "[2] ",
    "  ",
    "  640x480@[1.000000 30.000030]fps",
    "  640x480@[0.000000 15.000000]fps",
    "  1x1@[1.0 .]fps",
  ];
  const listing = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary" })));
  fc.assert(
    fc.property(listing, (lines) => {
      const entries = Object.values(parseAvfoundationListing(lines)).flat();
      const texts = entries.flatMap(({ name, uid, serial }) => [name, uid ?? "", serial ?? ""]);
      expect(texts.filter((text) => !lines.some((line) => line.includes(text)))).toEqual([]);
      for (const { sizes, rates } of parseAvfoundationModes(lines)) {
        expect(sizes).toEqual({ kind: "discrete", width: 640, height: 480 });
        expect([[30], [15], [30, 15]]).toContainEqual(rates.kind === "discrete" && rates.fps);
      }
    }),
  );
});
