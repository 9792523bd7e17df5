import { expect, test } from "vitest";
import { MediaNews } from "../../src/channel/media-news.ts";
import type { AudioConfig } from "../../src/media/packet.ts";
import { videoConfig } from "../media/flv/packets.ts";

const damaged = (units: number, last = "an SPS") => ({ damaged: units, ignored: 0, last });

test("the first damage is told at once, further ones once a minute, with their number", () => {
  const news = new MediaNews();
  const told: string[] = [];
  for (let second = 0; second <= 130; second += 1) {
    if (second > 0 && second < 70) news.drop("cam0", damaged(2, `an SPS of second ${second}`));
    told.push(...news.due(second * 1000).map(({ text }) => `${second}: ${text}`));
  }
  expect(told).toEqual([
    "1: cam0 sent damaged data; dropped 2 units (last: an SPS of second 1)",
    "61: cam0 sent damaged data; dropped 120 units (last: an SPS of second 61)",
    "121: cam0 sent damaged data; dropped 16 units (last: an SPS of second 69)",
  ]);
});

test("each input has its own minute", () => {
  const news = new MediaNews();
  news.drop("cam0", damaged(1));
  expect(news.due(0)).toHaveLength(1);
  news.drop("mic0", damaged(1));
  expect(news.due(1000)).toMatchObject([
    { level: "warning", event: "units-dropped", fields: { input: "mic0", units: 1 } },
  ]);
});

test("units that decoders ignore are told once, since cameras that send them go on with it", () => {
  const news = new MediaNews();
  const add = () => news.drop("cam0", { damaged: 0, ignored: 1, last: "a NAL unit of nal_unit_type 24" });
  add();
  expect(news.due(0)).toMatchObject([
    {
      level: "notice",
      text: "cam0 sends data that decoders ignore; dropping it (first: a NAL unit of nal_unit_type 24)",
    },
  ]);
  add();
  expect(news.due(100_000)).toEqual([]);
});

test("sound that browsers play is no news", () => {
  const news = new MediaNews();
  const decoderConfig = Uint8Array.of(0x12, 0x10);
  const config = { kind: "audio-config", codec: "aac", decoderConfig, sampleRateHz: 44_100 } as const;
  news.hear([{ ...config, samplesPerFrame: 1024, channels: 2 }]);
  expect(news.due(0)).toEqual([]);
});

test("damage is known by the last of it, and what is ignored is none", () => {
  const news = new MediaNews();
  expect(news.lastDamage).toBeNull();
  news.drop("cam0", { damaged: 0, ignored: 1, last: "a NAL unit of nal_unit_type 24" });
  expect(news.lastDamage).toBeNull();
  news.drop("cam0", damaged(1, "an SPS"));
  news.drop("mic0", damaged(1, "an ADTS frame"));
  expect(news.lastDamage).toBe("an ADTS frame");
});

test("sound that browsers do not play is told once", () => {
  const news = new MediaNews();
  const decoderConfig = Uint8Array.of(0x12, 0, 0x05, 0x04, 0x05, 0, 0x20, 0);
  const config = { kind: "audio-config", codec: "aac", decoderConfig, sampleRateHz: 44_100 } as const;
  news.hear([{ ...config, samplesPerFrame: 1024, channels: 4 }]);
  expect(news.due(0)).toMatchObject([
    {
      event: "sound-layout",
      text: expect.stringMatching(/^the audio is AAC with 4 channels in a custom layout, which browsers/),
    },
  ]);
  news.hear([{ ...config, samplesPerFrame: 1024, channels: 4 }]);
  expect(news.due(1000)).toEqual([]);
});

test("the remedy for sound is another codec, which the sender has to set where nothing is encoded", () => {
  const config: AudioConfig = {
    ...{ kind: "audio-config", codec: "opus", decoderConfig: new Uint8Array() },
    ...{ sampleRateHz: 48_000, samplesPerFrame: 960, channels: 2 },
  };
  const remedyFor = (source: object) => {
    const news = new MediaNews();
    const plan = { source: { label: "cam0", video: null, ...source }, video: null, audio: { encoder: null } };
    news.see(plan as unknown as Parameters<MediaNews["see"]>[0]);
    news.hear([config]);
    return news.due(0)[0]?.text.split("; ")[1];
  };
  expect(remedyFor({ url: "rtsp://cam/1" })).toBe("use --audio-codec aac");
  expect(remedyFor({ url: "ws://cam/1" })).toBe("set the sender's audio to AAC");
});

const encodedSound = { pipe: 3, encoder: "aac", bitrateKbps: 128 } as const;
const copiedVideo = { pipe: 1, encoder: null } as const;

/** What is told of an input, of which only what decides it is given. */
function seen(plan: object): readonly string[] {
  const news = new MediaNews();
  news.see({ video: null, audio: null, ...plan } as Parameters<MediaNews["see"]>[0]);
  return news.due(0).map(({ event, text }) => `${event}: ${text}`);
}

test("sound that has not come yet is told to be encoded, where it would be copied", () => {
  const source = { label: "cam0", video: null, audio: { codec: "aac", hasUnknownFormat: true } };
  expect(seen({ source, video: copiedVideo, audio: encodedSound })).toEqual([
    "sound-encoded: cam0 has sent no audio yet and its format is unknown, so it is encoded despite --copy",
  ]);
  expect(seen({ source, video: { ...copiedVideo, encoder: "libx264" }, audio: encodedSound })).toEqual([]);
});

test("a codec that not all players play is told once, and again when another publisher sends another one", () => {
  const news = new MediaNews();
  const told = (["h264", "hevc", "hevc", "av1"] as const).map((codec) => {
    news.hear([{ ...videoConfig, codec }]);
    return news.due(0).map(({ text }) => text.replace(/,.*/, ""));
  });
  expect(told).toEqual([[], ["the video is H.265"], [], ["the video is AV1"]]);
});

test("a rotation that players ignore is told, where the video is copied", () => {
  const source = { label: "cam0", video: { rotation: 90 }, audio: null };
  expect(seen({ source, video: copiedVideo })).toEqual([
    expect.stringContaining("cam0 has a rotation of 90° in its metadata"),
  ]);
  expect(seen({ source, video: { ...copiedVideo, encoder: "libx264" } })).toEqual([]);
  expect(seen({ source: { ...source, video: { rotation: 0 } }, video: copiedVideo })).toEqual([]);
});
