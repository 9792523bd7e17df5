import { afterAll, describe, expect, it } from "vitest";
import { findFfmpegs } from "./ffmpegs.ts";
import { type Program, start, stopAll } from "./program.ts";
import { type RtspCamera, type RtspCameraOptions, startRtspCamera } from "./rtsp-camera.ts";
import { Viewer } from "./viewer.ts";

const cameras: RtspCamera[] = [];

afterAll(async () => {
  await stopAll();
  await Promise.all(cameras.map((camera) => camera.stop()));
});

/** On from now for a minute. */
async function camera(options: RtspCameraOptions): Promise<RtspCamera> {
  const one = await startRtspCamera(60, options);
  cameras.push(one);
  return one;
}

const ways = [
  { how: "encoded", flags: [], rate: { framerate: 15 } },
  { how: "passed through", flags: ["--copy"], rate: {} }, // it is measured
];
const each = findFfmpegs().flatMap((ffmpeg) => ways.map((way) => ({ ffmpeg, ...way })));

function stream({ url }: RtspCamera, ...flags: readonly string[]): Program {
  return start(["--device", url, ...flags]);
}

describe("an RTSP camera that describes its video", () => {
  it.concurrent.each(each)(
    "is on the air with the first key frame that it sends, $how by $ffmpeg",
    async ({ ffmpeg, flags, rate }) => {
      const one = await camera({ fps: 15, gopFrames: 15 * 8, hasSprop: true, audio: "aac" });
      const program = stream(one, "--ffmpeg", ffmpeg, ...flags);
      const viewer = new Viewer(await program.firstLine());
      expect(one.keyFrames).toBe(2); // the first was sent before anybody looked
      const { tracks, metadata, sounds } = await viewer.watch(2);
      expect(tracks).toEqual({ video: true, audio: true });
      expect(metadata).toMatchObject({ width: 320, height: 240, ...rate });
      expect(sounds.length).toBeGreaterThan(40);
      await program.stopInOrder();
    },
  );
});
