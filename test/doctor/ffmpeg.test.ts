import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkFfmpeg, parseNames } from "../../src/doctor/ffmpeg.ts";
import { UserError } from "../../src/errors.ts";
import { findFfmpeg } from "../../src/ffmpeg/find.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { contextWith } from "./fake-machine.ts";

const devices = (version: string) => readFileSync(`test/fixtures/ffmpeg-devices/${version}.txt`, "utf8");

const complete = {
  "/usr/bin/ffmpeg -hide_banner -muxers":
    "File formats:\n D. = Demuxing supported\n ---\n  E  nut             NUT\n",
  "/usr/bin/ffmpeg -hide_banner -encoders":
    "Encoders:\n ------\n V....D libx264              libx264 H.264\n A....D aac                  AAC (Advanced Audio Coding)\n",
  "/usr/bin/ffmpeg -hide_banner -filters":
    "Filters:\n ------\n ..  aresample         A->A       Resample audio data.\n",
  "/usr/bin/ffmpeg -hide_banner -devices": devices("7.1"),
};
const without = (listing: string, name: string): Readonly<Record<string, string>> => {
  const command = `/usr/bin/ffmpeg -hide_banner ${listing}` as keyof typeof complete;
  const lines = complete[command].split("\n").filter((line) => !line.includes(name));
  return { ...complete, [command]: lines.join("\n") };
};

test.each(["5.1", "7.1", "9.0"])("the devices of ffmpeg %s are read", (version) => {
  const names = parseNames(devices(version), "-devices");
  for (const name of ["alsa", "v4l2", "video4linux2", "pulse", "x11grab", "lavfi"])
    expect(names).toContain(name);
  expect(names).not.toContain("xv"); // is only written to
});

test("a name stands behind its flags, whatever columns those are", () => {
  const listing = [
    "Devices:",
    " D. = Demuxing supported",
    " ---",
    " D  alsa            ALSA",
    " D d dshow          since ffmpeg 7, a column of its own",
    " DE video4linux2,v4l2 Video4Linux2",
    "  E xv              is only written to",
    "",
  ].join("\n");
  const names = parseNames(listing, "-devices");
  for (const name of ["alsa", "dshow", "video4linux2", "v4l2"]) expect(names).toContain(name);
  for (const name of ["d", "xv", "ALSA"]) expect(names).not.toContain(name);
  expect(parseNames(" .S.  aresample  A->A  Resample.\n", "-filters")).toContain("aresample");
});

test("an ffmpeg with all that is needed is one line", async () => {
  expect(await checkFfmpeg(contextWith({ programs: complete }))).toEqual([
    { subject: "ffmpeg", verdict: "ok", text: "7.1 (/usr/bin/ffmpeg)", fix: null },
  ]);
});

test.each([
  ["-muxers", "nut", "failure", "built without nut, which is required"],
  ["-encoders", "aac", "warning", "built without aac: no audio, except with --copy"],
  ["-encoders", "libx264", "warning", "built without libx264: no encoding without a hardware encoder"],
  ["-devices", "x11grab", "warning", "built without x11grab: no screens"],
  ["-devices", "v4l2", "warning", "built without v4l2: no cameras"],
])("what it was built without is told: of %s, %s", async (listing, name, verdict, text) => {
  const [, ...findings] = await checkFfmpeg(contextWith({ programs: without(listing, name) }));
  expect(findings).toEqual([expect.objectContaining({ subject: "ffmpeg", verdict, text })]);
});

test("a listing that could not be had says nothing", async () => {
  expect(await checkFfmpeg(contextWith({}))).toHaveLength(1);
});

test.each([
  ["cut short", { stdout: "File formats:\n  E  mov" }],
  ["empty", { stdout: "" }],
  ["of a program that failed", { code: 1, stdout: "File formats:\n" }],
])("a listing that is %s says nothing of what is missing", async (_what, ran) => {
  const programs = { ...complete, "/usr/bin/ffmpeg -hide_banner -muxers": ran };
  expect(await checkFfmpeg(contextWith({ programs }))).toHaveLength(1);
});

test.each<[platform: NodeJS.Platform, missing: readonly string[]]>([
  ["linux", ["v4l2", "alsa", "pulse", "x11grab"]],
  ["darwin", ["avfoundation"]],
  ["win32", ["dshow", "gdigrab"]],
  ["freebsd", []],
])("of devices, those of its own system are missed on %s", async (platform, missing) => {
  const programs = {
    ...complete,
    "/usr/bin/ffmpeg -hide_banner -devices": "Devices:\n ---\n D  lavfi  lavfi\n",
  };
  const [, ...findings] = await checkFfmpeg(contextWith({ platform, programs }));
  expect(findings.map(({ text }) => /^built without (\w+): /.exec(text)?.[1])).toEqual(missing);
});

test("no ffmpeg is a failure, with how to get one", async () => {
  const context = contextWith(
    {},
    {
      ffmpeg: () =>
        Promise.reject(
          new UserError("noFfmpeg", "ffmpeg not found; install it (Debian: sudo apt install ffmpeg)"),
        ),
    },
  );
  expect(await checkFfmpeg(context)).toEqual([
    {
      subject: "ffmpeg",
      verdict: "failure",
      text: "ffmpeg not found",
      fix: "install it (Debian: sudo apt install ffmpeg)",
    },
  ]);
});

test("one that was asked for and does not run is a failure", async () => {
  const context = contextWith({}, { ffmpeg: () => findFfmpeg("/nowhere/ffmpeg") });
  expect(await checkFfmpeg(context)).toEqual([
    {
      subject: "ffmpeg",
      verdict: "failure",
      text: "--ffmpeg /nowhere/ffmpeg: no such file",
      fix: "give the path of an ffmpeg, or remove the option",
    },
  ]);
});

test("an old ffmpeg is a warning", async () => {
  const context = contextWith(
    { programs: complete },
    { ffmpeg: async () => ({ path: "/usr/bin/ffmpeg", version: "3.4.8", majorVersion: 3 }) },
  );
  expect(await checkFfmpeg(context)).toMatchObject([
    { verdict: "warning", text: "3.4.8 (/usr/bin/ffmpeg) is old; use 4.3 or newer" },
  ]);
});

const ffmpeg4 = async () => ({ path: "/usr/bin/ffmpeg", version: "4.4", majorVersion: 4 });

test("version 4 is not old", async () => {
  expect(await checkFfmpeg(contextWith({ programs: complete }, { ffmpeg: ffmpeg4 }))).toMatchObject([
    { verdict: "ok" },
  ]);
});

const failing = (error: Error) => {
  const ffmpeg = async () => {
    throw error;
  };
  return contextWith({}, { ffmpeg });
};

test("an ffmpeg that fails without advice is a failure, and a bug is none of it", async () => {
  expect(await checkFfmpeg(failing(new UserError("noFfmpeg", "it hangs")))).toEqual([
    { subject: "ffmpeg", verdict: "failure", text: "it hangs", fix: null },
  ]);
  await expect(checkFfmpeg(failing(new TypeError("ours")))).rejects.toThrow(TypeError);
});

test.runIf(process.platform === "linux")("the ffmpeg of this machine is looked at as it is", async () => {
  const context = contextWith({}, { machine: thisMachine(process.env), ffmpeg: () => findFfmpeg(null) });
  const [first] = await checkFfmpeg(context);
  expect(first).toMatchObject({ subject: "ffmpeg", verdict: "ok" });
});
