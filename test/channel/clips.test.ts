import { describe, expect, it } from "vitest";
import { Clips } from "../../src/channel/clips.ts";
import { UserError } from "../../src/errors.ts";
import type { LogEvent } from "../../src/log.ts";
import { LiveOutput } from "../../src/outputs/live/live-output.ts";
import type { ClipFile } from "../../src/recordings/clip.ts";
import type { ClipPlace } from "../../src/recordings/clip-saver.ts";
import { DiskError } from "../../src/recordings/disk.ts";
import { timed } from "../outputs/timed.ts";

const settings = { lengthMs: 30_000, clipFolder: "/clips" };

interface Asked {
  readonly clip: ClipFile;
  readonly place: ClipPlace;
  readonly done: (result: string | Error) => void;
}

/** Clips of a stream, what was said of them, and what is being saved. */
function garden(history: typeof settings | null = settings, ffmpeg: UserError | null = null) {
  const events: LogEvent[] = [];
  const saving: Asked[] = [];
  const clips = new Clips(history, {
    name: "garden",
    ffmpeg: async () => {
      if (ffmpeg !== null) throw ffmpeg;
      return { path: "/bin/ffmpeg" };
    },
    recorders: {
      saveClip: (clip, place) =>
        new Promise((resolve, reject) => {
          const done = (result: string | Error) =>
            typeof result === "string" ? resolve(result) : reject(result);
          place.signal.addEventListener("abort", () => reject(place.signal.reason));
          saving.push({ clip, place, done });
        }),
    },
    onNotice: (event) => events.push(event),
  });
  const live = new LiveOutput({ name: "garden", onHub: () => undefined, history: clips.history });
  live.begin({ tracks: { video: true, audio: false }, rates: {}, encoderName: "test" });
  const send = (words: string) => live.write(words.split(" ").map(timed));
  const texts = () => events.map(({ event, text }) => `${event}: ${text}`);
  const begun = async () => {
    await expect.poll(() => saving.length).toBeGreaterThan(0);
    return saving[saving.length - 1] as Asked; // there is one
  };
  return { clips, send, saving, texts, begun };
}

const frames = "video-config@0 key@0 delta@1000 key@2000 delta@3000";

describe("a clip", () => {
  it("is there as soon as there is a key frame, and where something is kept", () => {
    const { clips, send } = garden();
    expect(clips.clip(1000)).toEqual({ kind: "not-yet" });
    send(frames);
    expect(clips.clip(500)).toMatchObject({ kind: "flv", file: { durationMs: 2000 } });
    clips.set(null);
    expect(clips.clip(500)).toEqual({ kind: "none" });
  });

  it("is saved whole, as it was when it was asked for", async () => {
    const { clips, send, texts, begun } = garden();
    send(frames);
    clips.save();
    send("key@4000");
    const { clip, place, done } = await begun();
    expect(clip.durationMs).toBe(4000);
    expect(place).toMatchObject({ name: "garden", folder: "/clips", ffmpegPath: "/bin/ffmpeg" });
    done("/clips/garden.mp4");
    await expect.poll(texts).toEqual(["clip-saved: saved the last 4.0 s to /clips/garden.mp4"]);
  });

  it("is saved one at a time", async () => {
    const { clips, send, saving, texts, begun } = garden();
    send(frames);
    clips.save();
    clips.save();
    (await begun()).done("/clips/1");
    await expect.poll(() => texts().length).toBe(1);
    clips.save();
    await expect.poll(() => saving.length).toBe(2);
  });

  it("is saved as FLV where there is no ffmpeg", async () => {
    const { clips, send, begun } = garden(settings, new UserError("noFfmpeg", "no ffmpeg"));
    send(frames);
    clips.save();
    expect((await begun()).place.ffmpegPath).toBeNull();
  });

  it("that is being saved at the end is given up without a word", async () => {
    const { clips, send, texts, begun } = garden();
    send(frames);
    clips.save();
    await begun();
    await clips.close();
    clips.save();
    expect(texts()).toEqual([]);
  });
});

describe("why there is none is said", () => {
  it("where nothing is kept", async () => {
    const { clips, texts } = garden(null);
    clips.save();
    const why = "nothing is kept of the stream; start it with --history";
    await expect.poll(texts).toEqual([`clip-failed: cannot save a clip: ${why}`]);
  });

  it("before the first key frame", async () => {
    const { clips, texts } = garden();
    clips.save();
    await expect.poll(texts).toEqual(["clip-failed: cannot save a clip: no key frame has come yet"]);
  });

  it("where the disk fails", async () => {
    const { clips, send, texts, begun } = garden();
    send(frames);
    clips.save();
    (await begun()).done(new DiskError("ENOSPC", "no space left on the disk"));
    await expect.poll(texts).toEqual(["clip-failed: cannot save a clip: no space left on the disk"]);
  });
});
