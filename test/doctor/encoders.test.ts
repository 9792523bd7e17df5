import { expect, test } from "vitest";
import type { TriedEncoder } from "../../src/doctor/context.ts";
import { checkEncoders } from "../../src/doctor/encoders.ts";
import { UserError } from "../../src/errors.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

const toldOf = async (...encoders: TriedEncoder[]) =>
  told(await checkEncoders(contextWith({}, { encoders: async () => encoders })));
const x264: TriedEncoder = {
  name: "libx264",
  codec: "h264",
  node: null,
  isHardware: false,
  works: true,
  reason: null,
  fix: null,
};
const vaapi: TriedEncoder = { ...x264, name: "h264_vaapi", node: "/dev/dri/renderD128", isHardware: true };
const closed = { ...vaapi, works: false, reason: "no permission", fix: "sudo usermod -aG render kim" };
const absent: TriedEncoder = {
  ...vaapi,
  name: "h264_nvenc",
  node: null,
  works: false,
  reason: "no NVIDIA driver",
};

test("those that work are told, and what is not there is not", async () => {
  expect(await toldOf(vaapi, absent, x264)).toEqual([
    "ok | encoders | h264_vaapi on /dev/dri/renderD128, libx264",
  ]);
});

test("hardware for other codecs is named, and not missed", async () => {
  const hevc: TriedEncoder = { ...vaapi, name: "hevc_vaapi", codec: "hevc" };
  const av1: TriedEncoder = { ...closed, name: "av1_vaapi", codec: "av1" };
  expect(await toldOf(vaapi, x264, hevc, av1)).toEqual([
    "ok | encoders | h264_vaapi on /dev/dri/renderD128, libx264; also hevc_vaapi on /dev/dri/renderD128",
  ]);
});

test("what would mend one is told", async () => {
  expect(await toldOf(closed, x264)).toContain(
    "warning | encoders | h264_vaapi on /dev/dri/renderD128: no permission | sudo usermod -aG render kim",
  );
});

test("without hardware it is said who works instead", async () => {
  expect(await toldOf(absent, x264)).toEqual([
    "ok | encoders | libx264; no hardware encoder (details: flvcast encoders --verbose)",
  ]);
});

test("none that works is a failure", async () => {
  const broken = { ...x264, works: false, reason: "not built in", fix: "install an ffmpeg with libx264" };
  expect(await toldOf(absent, broken)).toContain(
    "failure | encoders | none works; libx264: not built in | install an ffmpeg with libx264",
  );
});

test.each(["noFfmpeg", "notReady"] as const)(
  "without an ffmpeg that answers nothing is said of encoders: it is told once (%s)",
  async (reason) => {
    const context = contextWith({}, { encoders: () => Promise.reject(new UserError(reason, "no ffmpeg")) });
    expect(await checkEncoders(context)).toEqual([]);
  },
);

test("with hardware, nothing is said of the processor", async () => {
  expect((await toldOf(vaapi, x264)).some((line) => line.includes("no hardware"))).toBe(false);
});

test("what the software encoder lacks is no warning where another works", async () => {
  const broken = { ...x264, works: false, reason: "not built in", fix: "install it" };
  expect(await toldOf(vaapi, broken)).toEqual(["ok | encoders | h264_vaapi on /dev/dri/renderD128"]);
});

test("none that works is a failure, whatever is known of why", async () => {
  const install = "install an ffmpeg with libx264";
  expect(await toldOf()).toEqual([`failure | encoders | none works | ${install}`]);
  expect(await toldOf({ ...x264, works: false })).toEqual([`failure | encoders | none works | ${install}`]);
  expect(await toldOf({ ...closed, reason: null })).toEqual([
    `failure | encoders | none works | ${install}`,
    "warning | encoders | h264_vaapi on /dev/dri/renderD128: does not work | sudo usermod -aG render kim",
  ]);
});

const failing = (error: Error) => {
  const encoders = async () => {
    throw error;
  };
  return contextWith({}, { encoders });
};

test("a bug is none of what is found", async () => {
  await expect(checkEncoders(failing(new TypeError("ours")))).rejects.toThrow(TypeError);
  await expect(checkEncoders(failing(new UserError("failure", "it hangs")))).rejects.toThrow("it hangs");
});
