import { describe, expect, test } from "vitest";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Faults } from "../../src/check/faults.ts";
import { type MediaFacts, MetadataJudge } from "../../src/check/metadata-judge.ts";
import type { TagUnit } from "../../src/check/unit.ts";
import { type Amf0Value, encodeAmf0 } from "../../src/media/flv/amf0.ts";
import { idsIn, tagAt } from "./tag.ts";

type Said = Readonly<Record<string, Amf0Value>>;

function scriptTag(said: Said, timestampMs = 0): TagUnit {
  const value = { kind: "ecma-array", properties: Object.entries(said) } as const;
  return tagAt(timestampMs, { typeByte: 18, body: Buffer.from(encodeAmf0("onMetaData", value)) });
}

/** A stream of which nothing could be seen but that it is one. */
const unseen: MediaFacts = {
  width: null,
  height: null,
  fps: null,
  videoCodecId: null,
  audioCodecId: null,
  sampleRateHz: null,
  channels: null,
  extension: null,
  isLive: false,
  lastMs: 0,
  fileSpanMs: null,
};

function found(said: Said, facts: Partial<MediaFacts> = {}): string[] {
  const faults = new Faults();
  const judge = new MetadataJudge(faults);
  judge.read(scriptTag(said));
  judge.noteMedia();
  judge.end({ ...unseen, ...facts });
  return faults.all().map(({ id, detail }) => `${id}: ${detail}`);
}

describe("a number in onMetaData", () => {
  const limits = {
    width: 16_384,
    height: 16_384,
    framerate: 1000,
    videodatarate: 10_000_000,
    audiodatarate: 100_000,
    audiosamplerate: 768_000,
    duration: 1e9,
  };

  test.each(Object.entries(limits))("named %s is 0 to %d", (name, max) => {
    const wrong = (value: number) => [`metadata-number-invalid: ${name} is ${value}`];
    expect(found({ [name]: 0 })).toEqual([]);
    expect(found({ [name]: max })).toEqual([]);
    expect(found({ [name]: max + 1 })).toEqual(wrong(max + 1));
    expect(found({ [name]: -1 })).toEqual(wrong(-1));
    expect(found({ [name]: Number.NaN })).toEqual(wrong(Number.NaN));
    expect(found({ [name]: "7" })).toEqual([]);
  });
});

describe("what onMetaData says is held against the stream:", () => {
  const size = { width: 1920, height: 1080 };
  const rate = { sampleRateHz: 22_050 };
  const live = { isLive: true, lastMs: 6500 };
  test.each<[string, Said, Partial<MediaFacts>, string[]]>([
    ["a size as it is coded", { width: 1920, height: 1088 }, size, []],
    ["a width of 15 more", { width: 1935, height: 1080 }, size, []],
    [
      "a width of 16 more",
      { width: 1936, height: 1080 },
      size,
      ["metadata-size-wrong: 1936x1080, but the SPS has 1920x1080"],
    ],
    [
      "a height of one less",
      { width: 1920, height: 1079 },
      size,
      ["metadata-size-wrong: 1920x1079, but the SPS has 1920x1080"],
    ],
    ["a width alone", { width: 7 }, size, []],
    ["a size of 0", { width: 0, height: 7 }, size, []],
    ["a height, where none was seen", { width: 7, height: 7 }, { width: 1920 }, []],
    ["the video codec", { videocodecid: 7 }, { videoCodecId: 7 }, []],
    [
      "a video codec of 255",
      { videocodecid: 255 },
      { videoCodecId: 7 },
      ["metadata-video-codec-wrong: 255, but the tags have 7"],
    ],
    ["a video codec by its FourCC", { videocodecid: 1_752_589_105 }, { videoCodecId: "hvc1" }, []],
    ["a number's FourCC", { videocodecid: 1_752_589_105 }, { videoCodecId: 12 }, []],
    ["a FourCC's number", { videocodecid: 13 }, { videoCodecId: "av01" }, []],
    [
      "the FourCC of another codec",
      { videocodecid: 1_635_135_537 },
      { videoCodecId: "hvc1" },
      ["metadata-video-codec-wrong: av01, but the tags have hvc1"],
    ],
    [
      "a number that is no FourCC",
      { videocodecid: 256 },
      { videoCodecId: 7 },
      ["metadata-video-codec-wrong: 256, but the tags have 7"],
    ],
    [
      "a number beyond every FourCC",
      { audiocodecid: 2 ** 32 },
      { audioCodecId: "Opus" },
      ["metadata-audio-codec-wrong: 4294967296, but the tags have Opus"],
    ],
    ["a video codec by a name", { videocodecid: "avc1" }, { videoCodecId: 7 }, []],
    [
      "H.264's number where the tags have another",
      { videocodecid: 7 },
      { videoCodecId: "hvc1" },
      ["metadata-video-codec-wrong: 7, but the tags have hvc1"],
    ],
    [
      "an audio codec of 0",
      { audiocodecid: 0 },
      { audioCodecId: 10 },
      ["metadata-audio-codec-wrong: 0, but the tags have 10"],
    ],
    ["an audio codec by its FourCC", { audiocodecid: 1_332_770_163 }, { audioCodecId: "Opus" }, []],
    ["AAC's FourCC", { audiocodecid: 1_836_069_985 }, { audioCodecId: 10 }, []],
    [
      "AAC's number where the tags have Opus",
      { audiocodecid: 10 },
      { audioCodecId: "Opus" },
      ["metadata-audio-codec-wrong: 10, but the tags have Opus"],
    ],
    ["the rate of the frames", { audiosamplerate: 22_050 }, rate, []],
    ["twice that rate, which is heard with SBR", { audiosamplerate: 44_100 }, rate, []],
    [
      "half that rate",
      { audiosamplerate: 11_025 },
      rate,
      ["metadata-sample-rate-wrong: 11025 Hz, but the audio has 22050 Hz"],
    ],
    ["a rate of 0", { audiosamplerate: 0 }, rate, []],
    ["stereo of two channels", { stereo: true }, { channels: 2 }, []],
    ["mono of one channel", { stereo: false }, { channels: 1 }, []],
    [
      "stereo of one channel",
      { stereo: true },
      { channels: 1 },
      ["metadata-stereo-wrong: true, but the audio has 1 channels"],
    ],
    ["mono of two channels that PS makes of one", { stereo: false }, { channels: 2, extension: 29 }, []],
    ["mono of six channels", { stereo: false }, { channels: 6 }, []],
    ["stereo as a number", { stereo: 1 }, { channels: 1 }, []],
    ["a frame rate of a fifth more", { framerate: 29.9 }, { fps: 25 }, []],
    [
      "a frame rate of more than that",
      { framerate: 30.1 },
      { fps: 25 },
      ["metadata-frame-rate-wrong: 30.1, but frames arrive at 25.0"],
    ],
    ["a frame rate of a fifth less", { framerate: 20.1 }, { fps: 25 }, []],
    [
      "a frame rate of less than that",
      { framerate: 19.9 },
      { fps: 25 },
      ["metadata-frame-rate-wrong: 19.9, but frames arrive at 25.0"],
    ],
    ["a duration of 0 on a live stream", { duration: 0 }, live, []],
    ["a duration on a live stream", { duration: 5.5 }, live, ["metadata-duration-on-live: 5.5 s"]],
    [
      "a duration that a live stream has passed",
      { duration: 5.499 },
      live,
      ["metadata-duration-passed: 5.499 s, but it is at 6.5 s"],
    ],
    ["a duration of a second more", { duration: 3 }, { fileSpanMs: 2000 }, []],
    [
      "a duration of more than that",
      { duration: 3.001 },
      { fileSpanMs: 2000 },
      ["metadata-duration-wrong: 3.001 s, but the file has 2 s"],
    ],
    ["a duration of a second less", { duration: 1 }, { fileSpanMs: 2000 }, []],
    [
      "a duration of less than that",
      { duration: 0.999 },
      { fileSpanMs: 2000 },
      ["metadata-duration-wrong: 0.999 s, but the file has 2 s"],
    ],
    ["a duration of a tenth more", { duration: 110 }, { fileSpanMs: 100_000 }, []],
    [
      "a duration of more than a tenth more",
      { duration: 110.001 },
      { fileSpanMs: 100_000 },
      ["metadata-duration-wrong: 110.001 s, but the file has 100 s"],
    ],
    ["a duration of a file not read whole", { duration: 3600 }, { fileSpanMs: null }, []],
  ])("%s", (_, said, facts, findings) => {
    expect(found(said, facts)).toEqual(findings);
  });
});

/** What is found in script tags that come before and behind media of 640x480. */
function read(...steps: readonly ("media" | TagUnit)[]): FaultId[] {
  const faults = new Faults();
  const judge = new MetadataJudge(faults);
  for (const step of steps) {
    if (step === "media") judge.noteMedia();
    else judge.read(step);
  }
  judge.end({ ...unseen, width: 640, height: 480 });
  return idsIn(faults);
}

describe("onMetaData", () => {
  const right = scriptTag({ width: 640, height: 480 });

  test("is late behind the first frames, unless it comes again", () => {
    expect(read(right, "media")).toEqual([]);
    expect(read("media", right)).toEqual(["metadata-late"]);
    expect(read(right, "media", right)).toEqual([]);
  });

  test("has the time 0 before the first frames, and behind them any", () => {
    const timed = scriptTag({}, 1);
    expect(read(timed, "media")).toEqual(["metadata-timestamp"]);
    expect(read(right, "media", timed)).toEqual([]);
  });

  test("counts as it was said last", () => {
    expect(read(right, "media", scriptTag({ width: 7, height: 7 }))).toEqual(["metadata-size-wrong"]);
    expect(read(scriptTag({ width: 7, height: 7 }), "media", right)).toEqual([]);
  });

  test("is not missed in a stream without media, nor where there is a broken one", () => {
    const broken = tagAt(0, { typeByte: 18, body: Buffer.from("020009", "hex") });
    expect(read()).toEqual([]);
    expect(read("media")).toEqual(["metadata-missing"]);
    expect(read(broken, "media")).toEqual(["metadata-malformed"]);
  });

  test.each(["onTextData", "onmetadata"])("of the name %s is another tag", (name) => {
    const tag = tagAt(0, { typeByte: 18, body: Buffer.from(encodeAmf0(name, 7)) });
    expect(read(tag, "media")).toEqual(["metadata-missing"]);
  });

  test.each<[string, Amf0Value, string[]]>([
    ["an object", { kind: "object", properties: [] }, []],
    ["a date", { kind: "date", epochMs: 0 }, ["metadata-not-object"]],
    ["null", null, ["metadata-not-object"]],
    ["an array", [1], ["metadata-not-object"]],
  ])("that is %s is %j", (_, value, ids) => {
    const tag = tagAt(0, { typeByte: 18, body: Buffer.from(encodeAmf0("onMetaData", value)) });
    expect(read(tag, "media").filter((id) => id !== "metadata-size-wrong")).toEqual(ids);
  });
});
