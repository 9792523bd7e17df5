import { afterAll, describe, expect, it } from "vitest";
import { findFfmpegs } from "./ffmpegs.ts";
import { type Program, start, stopAll } from "./program.ts";
import { steps } from "./recording.ts";
import { type RtspCamera, type RtspCameraOptions, startRtspCamera } from "./rtsp-camera.ts";
import { Viewer } from "./viewer.ts";

const cameras: RtspCamera[] = [];

afterAll(async () => {
  await stopAll();
  await Promise.all(cameras.map((one) => one.stop()));
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
      const one = await camera({ fps: 15, gopFrames: 15 * 6, hasSprop: true, audio: "aac" });
      const program = stream(one, "--ffmpeg", ffmpeg, ...flags);
      const viewer = new Viewer(await program.firstLine());
      expect([one.plays, one.keyFrames]).toEqual([2, 1]);
      const { tracks, metadata, sounds } = await viewer.watch(2);
      expect(tracks).toEqual({ video: true, audio: true });
      expect(metadata).toMatchObject({ width: 320, height: 240, ...rate });
      expect(sounds.length).toBeGreaterThan(40);
      await program.stopInOrder();
    },
  );
});

/** Ours, which stand in for the sound, are of some ten bytes. */
const LEAST_SOUND_BYTES = 30;

describe("an RTSP camera whose sound is announced and does not come", () => {
  it.concurrent.each([
    ...each.filter(({ how }) => how === "passed through").map((one) => ({ ...one, audio: "aac" as const })),
    ...each.slice(0, 2).map((one) => ({ ...one, audio: "pcmu" as const })),
  ])(
    "is on the air with silence, and late sound goes out: $audio, $how by $ffmpeg",
    async ({ ffmpeg, flags, audio, how }) => {
      const one = await camera({ fps: 15, gopFrames: 15, hasSprop: true, audio, silent: "audio" });
      const program = stream(one, "--ffmpeg", ffmpeg, ...flags);
      const viewer = new Viewer(await program.firstLine());
      await viewer.until(({ recording }) => recording.spanMs > 1000);
      expect(viewer.recording.tracks).toEqual({ video: true, audio: true });
      expect(viewer.recording.sounds.every(({ data }) => data.length < LEAST_SOUND_BYTES)).toBe(true);
      one.speak();
      await viewer.until(({ recording }) =>
        recording.sounds.some(({ data }) => data.length > LEAST_SOUND_BYTES),
      );
      const { sounds } = await viewer.watch((viewer.recording.spanMs + 1000) / 1000);
      expect(sounds.filter(({ data }) => data.length > LEAST_SOUND_BYTES).length).toBeGreaterThan(20);
      expect(Math.min(...steps(sounds))).toBeGreaterThan(0);
      const { exitCode, stderr } = await program.stop();
      const isEncoded = audio === "pcmu" && how === "passed through";
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(isEncoded ? /G\.711 audio, so it is encoded despite --copy\n$/ : /^$/);
    },
  );
});

describe("an RTSP camera that describes its video in no word", () => {
  it.concurrent("is passed on once a key frame has come", async () => {
    const one = await camera({ fps: 15, gopFrames: 15 * 4, audio: "aac" });
    const program = stream(one, "--copy");
    const { tracks, metadata } = await new Viewer(await program.firstLine()).watch(1);
    expect(tracks).toEqual({ video: true, audio: true });
    expect(metadata).toMatchObject({ width: 320, height: 240 });
    await program.stopInOrder();
  });

  it.concurrent("and sends none is named, with what to look at", async () => {
    const one = await camera({ audio: "aac", silent: "video" });
    const { exitCode, stderr } = await stream(one, "--ready-timeout", "4s").ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 18,
      stderr: expect.stringMatching(
        / sent no key frame within 4 s, .*; check that its video is on, /,
      ) as string,
    });
  });
});
