import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFfmpegs } from "./ffmpegs.ts";
import { makeFolder } from "./folder.ts";
import { start, stopAll } from "./program.ts";
import { type RtspCamera, startRtspCamera } from "./rtsp-camera.ts";
import { type SoftwareGpu, startSoftwareGpu, whyNoSoftwareGpu } from "./software-gpu.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const withoutGpu = whyNoSoftwareGpu();
if (withoutGpu !== null) console.log(`skipped: hardware decoding that is refused: ${withoutGpu}`);

describe.skipIf(withoutGpu !== null)("a GPU (in software) that encodes, and decodes nothing", () => {
  let gpu: SoftwareGpu;
  let camera: RtspCamera;
  beforeAll(async () => {
    gpu = await startSoftwareGpu();
    camera = await startRtspCamera(60);
  });
  afterAll(async () => {
    await stopAll();
    await Promise.all([camera.stop(), gpu.stop()]);
    folder.remove();
  });
  const startOn = (path: string, more: readonly string[]) =>
    start(["--device", camera.url, "--audio", "none", "--encoder", "auto", "--ffmpeg", path, ...more], {
      env: { ...gpu.env(), CACHE_DIRECTORY: folder.file("cache") },
      patienceMs: 40_000,
    });

  it.each(findFfmpegs().map((path) => [path]))(
    "leaves that to the CPU, aloud, in one start: %s",
    async (path) => {
      const program = startOn(path, ["--json"]);
      const { url, encoder } = JSON.parse(await program.firstLine());
      expect(encoder).toBe("h264_vaapi");
      await new Viewer(url).watch(1);
      const { exitCode, stderr } = await program.stop();
      expect(exitCode).toBe(0);
      expect(stderr.trim().split("\n")).toEqual([
        expect.stringMatching(
          /hardware decoding failed \(.*Impossible to .*\); copying frames through main memory instead$/,
        ),
        expect.stringMatching(/: the encoder's hardware cannot decode it; .*Failed setup for format vaapi/),
      ]);
    },
  );

  it("is not asked with --hwaccel none; --dry-run shows both", async () => {
    const shown = await Promise.all(
      ["auto", "none"].map((how) => startOn("ffmpeg", ["--dry-run", "--hwaccel", how]).ended),
    );
    const [asked, unasked] = shown.map(({ stdout }) => stdout);
    expect(asked).toContain(
      "-hwaccel vaapi -hwaccel_flags allow_profile_mismatch -hwaccel_output_format vaapi",
    );
    expect(asked).toContain("scale_vaapi=format=nv12");
    expect(unasked).toContain("-c:v h264_vaapi");
    expect(unasked).not.toContain("-hwaccel");
  });
});
