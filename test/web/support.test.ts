import { afterEach, describe, expect, it, vi } from "vitest";
import type { AudioSettings } from "../../src/media/flv/audio-body.ts";
import type { VideoSettings } from "../../src/media/flv/video-body.ts";
import { missingCodec, playsAnything, playsLowLatency, playsMse } from "../../src/web/support.ts";
import { audioSettings, videoSettings } from "./stream.ts";

afterEach(() => void vi.unstubAllGlobals());

const video = videoSettings;
const audio = audioSettings;

const decoder = (supported: boolean | null) =>
  supported === null ? undefined : { isConfigSupported: async () => ({ supported }) };

/** A browser with these decoders; null where it lacks one. */
function browser(isSecure: boolean, videoSupport: boolean | null, audioSupport: boolean | null) {
  vi.stubGlobal("isSecureContext", isSecure);
  vi.stubGlobal("VideoDecoder", decoder(videoSupport));
  vi.stubGlobal("AudioDecoder", decoder(audioSupport));
}

const hevc: VideoSettings = {
  ...{ kind: "video-config", codec: "hevc" },
  decoderConfig: Uint8Array.from([1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93]),
};
const av1: VideoSettings = {
  ...{ kind: "video-config", codec: "av1", decoderConfig: Uint8Array.of(0x81, 4, 12, 0) },
};
const opus: AudioSettings = {
  ...{ kind: "audio-config", codec: "opus" },
  decoderConfig: Uint8Array.from(Buffer.from("4f707573486561640102380180bb0000000000", "hex")),
};
const plain = (codec: AudioSettings["codec"]): AudioSettings => ({
  ...{ kind: "audio-config", codec, decoderConfig: new Uint8Array(), sampleRateHz: 8000, channels: 1 },
});

describe("the low-latency player", () => {
  it.each([
    ["plays video and audio that both are supported", true, true, true, { video, audio }, true],
    ["needs a secure context", false, true, true, { video, audio }, false],
    ["needs a decoder of pictures", true, null, true, { video, audio }, false],
    ["needs a decoder of sound for a stream with sound", true, true, null, { video, audio }, false],
    ["needs none for a stream without", true, true, null, { video, audio: null }, true],
    ["does not play half a stream: no video", true, false, true, { video, audio }, false],
    ["does not play half a stream: no audio", true, true, false, { video, audio }, false],
    ["plays sound alone", true, false, true, { video: null, audio }, true],
    ["needs no decoder for G.711", true, true, null, { video, audio: plain("pcm_alaw") }, true],
  ])("%s", async (_, isSecure, videoSupport, audioSupport, settings, expected) => {
    browser(isSecure, videoSupport, audioSupport);
    expect(await playsLowLatency(settings)).toBe(expected);
  });

  it("does not play settings that the browser cannot read", async () => {
    browser(true, true, true);
    const broken = { ...audio, decoderConfig: new Uint8Array(0) };
    expect(await playsLowLatency({ video, audio: broken })).toBe(false);
  });
});

describe("Media Source Extensions with mpegts.js", () => {
  it.each<[string, VideoSettings | null, AudioSettings | null, string[], boolean]>([
    ["H.264 and AAC, without being asked", video, audio, [], true],
    ["H.265 where the browser has it", hevc, audio, ['video/mp4; codecs="hvc1.1.6.L93.90"'], true],
    ["H.265 where it has not", hevc, audio, [], false],
    ["AV1, whose headers mpegts.js misreads", av1, null, ['video/mp4; codecs="av01.0.04M.08"'], false],
    ["Opus", video, opus, ['audio/mp4; codecs="opus"'], true],
    ["MP3", video, plain("mp3"), ["audio/mpeg"], true],
    ["G.711", video, plain("pcm_alaw"), [], false],
  ])("%s", (_, videoTrack, audioTrack, types, expected) => {
    vi.stubGlobal("MediaSource", { isTypeSupported: (type: string) => types.includes(type) });
    expect(playsMse({ video: videoTrack, audio: audioTrack })).toBe(expected);
  });
});

describe("a codec that is missing is named", () => {
  it.each<[string, VideoSettings, AudioSettings, boolean, boolean, string | null]>([
    ["the video's", hevc, opus, false, true, "H.265"],
    ["the audio's", av1, opus, true, false, "Opus"],
    ["the video's where only both together are too much", av1, audio, true, false, "AV1"],
    ["none that every browser has", video, audio, false, false, null],
  ])("%s", async (_, videoTrack, audioTrack, videoSupport, audioSupport, codec) => {
    browser(true, videoSupport, audioSupport);
    vi.stubGlobal("MediaSource", { isTypeSupported: () => false });
    const expected = codec && { codec, needsHttps: false };
    expect(await missingCodec({ video: videoTrack, audio: audioTrack })).toEqual(expected);
  });

  it.each<[string, VideoSettings, AudioSettings, boolean, object]>([
    ["AV1, which the browser has", av1, audio, true, { codec: "AV1", needsHttps: true }],
    ["AV1, which it has not", av1, audio, false, { codec: "AV1", needsHttps: false }],
    [
      "G.711, which is decoded without it",
      video,
      plain("pcm_mulaw"),
      false,
      { codec: "G.711", needsHttps: true },
    ],
    ["H.265, which it has not", hevc, audio, false, { codec: "H.265", needsHttps: false }],
  ])("with what a secure page would play: %s", async (_, videoTrack, audioTrack, isSupported, expected) => {
    browser(false, null, null);
    vi.stubGlobal("MediaSource", { isTypeSupported: () => isSupported });
    expect(await missingCodec({ video: videoTrack, audio: audioTrack })).toEqual(expected);
  });
});

describe("a browser", () => {
  it.each([
    ["Media Source Extensions", { MediaSource: Object }, true, true],
    ["Apple's managed ones", { ManagedMediaSource: Object }, true, true],
    ["WebCodecs in a secure context", { VideoDecoder: Object, isSecureContext: true }, false, true],
    ["WebCodecs in no secure context", { VideoDecoder: Object, isSecureContext: false }, false, false],
    ["a secure context alone", { isSecureContext: true }, false, false],
    ["none of these", { isSecureContext: false }, false, false],
  ])("with %s", (_, globals, hasMse, playsAny) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    expect(playsMse()).toBe(hasMse);
    expect(playsAnything()).toBe(playsAny);
  });
});
