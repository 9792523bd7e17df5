import { expect, test } from "vitest";
import { candidatesOf } from "../../src/encoders/candidates.ts";
import { encodersOf } from "../../src/ffmpeg/encoder-table.ts";
import { type FakeParts, fakeMachine } from "./fake-machine.ts";

async function candidates(parts: FakeParts): Promise<readonly string[]> {
  const found = await candidatesOf(fakeMachine(parts), encodersOf.h264);
  return found.map(({ encoder, node, refusal }) =>
    [encoder.name, node, refusal && `! ${refusal.reason}`].filter((part) => part !== null).join(" "),
  );
}

test("each GPU is a candidate of its own, and the display of libva comes after them", async () => {
  const nodes = { "/dev/dri/card0": true, "/dev/dri/renderD128": true, "/dev/dri/renderD129": true };
  expect(await candidates({ nodes, env: { DISPLAY: ":0" } })).toEqual([
    "h264_nvenc",
    "h264_vaapi /dev/dri/renderD128",
    "h264_vaapi /dev/dri/renderD129",
    "h264_vaapi :0",
    "h264_qsv /dev/dri/renderD128",
    "h264_qsv /dev/dri/renderD129",
    "h264_v4l2m2m ! no /dev/video*",
    "h264_amf",
    "h264_rkmpp ! no /dev/mpp_service",
    "libx264",
  ]);
});

test("a machine without hardware is told so without running anything for it", async () => {
  expect(await candidates({})).toEqual([
    "h264_nvenc",
    "h264_vaapi ! no /dev/dri/renderD*",
    "h264_qsv ! no /dev/dri/renderD*",
    "h264_v4l2m2m ! no /dev/video*",
    "h264_amf",
    "h264_rkmpp ! no /dev/mpp_service",
    "libx264",
  ]);
});

test("a node that may not be opened is told from one that is not there, with the command that helps", async () => {
  const machine = fakeMachine({ nodes: { "/dev/dri/renderD128": false } });
  const found = await candidatesOf(machine, encodersOf.h264);
  expect(found.find(({ encoder }) => encoder.name === "h264_vaapi")?.refusal).toEqual({
    reason: "no permission on /dev/dri/renderD128: it is for group render",
    fix: "sudo usermod -aG render kim, then log in again",
    isAbsent: false,
  });
});

test.each([
  ["a camera", ":capture:", false],
  ["a camera with a microphone", ":capture:audio:", false],
  ["an encoder of an older driver", ":capture:video_output:", true],
  ["an encoder", ":", true],
])("%s, of which udev says %s, may be a V4L2 encoder: %s", async (_, found, isCandidate) => {
  const machine = fakeMachine({ nodes: { "/dev/video0": true }, capabilities: { video0: found } });
  const m2m = (await candidatesOf(machine, encodersOf.h264)).find(
    ({ encoder }) => encoder.name === "h264_v4l2m2m",
  );
  expect(m2m?.refusal === null).toBe(isCandidate);
});

test("where ffmpeg looks for the node itself, one that it may not open is kept in mind", async () => {
  const machine = fakeMachine({ nodes: { "/dev/video0": true, "/dev/video11": false } });
  const found = await candidatesOf(machine, encodersOf.h264);
  const m2m = found.find(({ encoder }) => encoder.name === "h264_v4l2m2m");
  expect(m2m?.refusal).toBeNull();
  expect(m2m?.forbidden?.reason).toBe("no permission on /dev/video11: it is for group render");
});

test.each<[NodeJS.Platform, readonly string[]]>([
  ["darwin", ["h264_videotoolbox", "libx264"]],
  ["win32", ["h264_nvenc", "h264_qsv", "h264_amf", "libx264"]],
  ["freebsd", ["libx264"]],
])("on %s there are %j", async (platform, names) => {
  expect(await candidates({ platform })).toEqual(names);
});
