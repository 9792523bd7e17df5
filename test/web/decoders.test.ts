import { afterEach, describe, expect, it, vi } from "vitest";
import type { AudioSettings } from "../../src/media/flv/audio-body.ts";
import { audioDecoderConfig, BrowserAudioDecoder, BrowserVideoDecoder } from "../../src/web/decoders.ts";
import type { PcmBlock } from "../../src/web/jitter-buffer.ts";
import { audioSettings, picture, videoSettings } from "./stream.ts";
import { FakeFrame, installWebCodecs } from "./webcodecs.ts";

afterEach(() => void vi.unstubAllGlobals());

const OPUS_HEAD = Uint8Array.from(Buffer.from("4f707573486561640102380180bb0000000000", "hex"));

it.each<[AudioSettings, AudioDecoderConfig]>([
  [
    { kind: "audio-config", codec: "opus", decoderConfig: OPUS_HEAD },
    { codec: "opus", sampleRate: 48_000, numberOfChannels: 2, description: OPUS_HEAD },
  ],
  [aac("1190"), { codec: "mp4a.40.2", sampleRate: 48_000, numberOfChannels: 2, description: record("1190") }],
  [
    aac("138856e5a54880"), // HE-AACv2: what is heard, not what is coded
    {
      ...{ codec: "mp4a.40.29", sampleRate: 44_100, numberOfChannels: 2 },
      description: record("138856e5a54880"),
    },
  ],
  [aac("11b0"), { codec: "mp4a.40.2", sampleRate: 48_000, numberOfChannels: 6, description: record("11b0") }],
  [plain("mp3", 44_100, 2), { codec: "mp3", sampleRate: 44_100, numberOfChannels: 2 }],
  [plain("pcm_alaw", 8000, 1), { codec: "alaw", sampleRate: 8000, numberOfChannels: 1 }],
  [plain("pcm_mulaw", 8000, 1), { codec: "ulaw", sampleRate: 8000, numberOfChannels: 1 }],
])("the decoder of sound is told the codec: %#", (settings, expected) => {
  expect(audioDecoderConfig(settings)).toEqual(expected);
});

function record(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function aac(hex: string): AudioSettings {
  return { kind: "audio-config", codec: "aac", decoderConfig: record(hex) };
}

function plain(codec: AudioSettings["codec"], sampleRateHz: number, channels: number): AudioSettings {
  return { kind: "audio-config", codec, decoderConfig: new Uint8Array(), sampleRateHz, channels };
}

function videoDecoder() {
  const codecs = installWebCodecs();
  const frames: VideoFrame[] = [];
  const errors: Error[] = [];
  const decoder = new BrowserVideoDecoder(
    (frame) => frames.push(frame),
    (error) => errors.push(error),
  );
  return { ...codecs, frames, errors, decoder };
}

describe("the decoder of pictures", () => {
  it("is told the stream's codec, and that nothing may be held back", () => {
    const { decoder, configs } = videoDecoder();
    decoder.configure(videoSettings);
    expect(configs).toEqual([
      { codec: "avc1.64001f", description: videoSettings.decoderConfig, optimizeForLatency: true },
    ]);
  });

  it("is told of H.265 with its record, and of AV1 without: key frames have their sequence header", () => {
    const { decoder, configs } = videoDecoder();
    const hvcc = Uint8Array.from([1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93]);
    decoder.configure({ kind: "video-config", codec: "hevc", decoderConfig: hvcc });
    decoder.configure({ kind: "video-config", codec: "av1", decoderConfig: Uint8Array.of(0x81, 4, 12, 0) });
    expect(configs).toEqual([
      { codec: "hvc1.1.6.L93.90", description: hvcc, optimizeForLatency: true },
      { codec: "av01.0.04M.08", optimizeForLatency: true },
    ]);
  });

  it("gets pictures in microseconds, and gives them back decoded", () => {
    const { decoder, calls, video, frames } = videoDecoder();
    decoder.configure(videoSettings);
    decoder.decode(picture(33, true));
    decoder.decode(picture(66));
    video[0]?.give(new FakeFrame(33));
    expect(calls).toEqual(["configure", "key 33000", "delta 66000"]);
    expect(frames).toMatchObject([{ timestamp: 33_000 }]);
  });

  it("is made anew with the same settings after an error has closed it", () => {
    const { decoder, calls, video, errors } = videoDecoder();
    decoder.configure(videoSettings);
    video[0]?.fail();
    expect(errors).toHaveLength(1);
    decoder.decode(picture(100, true));
    expect(video).toHaveLength(2);
    expect(calls).toEqual(["configure", "configure", "key 100000"]);
  });

  it("is configured again after it forgot what it had not decoded", () => {
    const { decoder, calls, video } = videoDecoder();
    decoder.configure(videoSettings);
    decoder.reset();
    decoder.reset(); // nothing is left to forget
    decoder.decode(picture(100, true));
    expect(calls).toEqual(["configure", "reset", "configure", "key 100000"]);
    expect(video).toHaveLength(1);
  });

  it("is closed once, also where an error has closed it before", () => {
    const { decoder, calls, video } = videoDecoder();
    decoder.close();
    decoder.configure(videoSettings);
    decoder.close();
    decoder.close();
    expect(calls).toEqual(["configure", "close"]);
    decoder.configure(videoSettings);
    video[1]?.fail();
    decoder.close();
    expect(calls).toEqual(["configure", "close", "configure"]);
  });
});

/** WebCodecs' decoded sound: two channels of two samples. */
function audioData(planes: readonly (readonly number[])[]) {
  const data = {
    ...{ numberOfChannels: planes.length, numberOfFrames: planes[0]?.length ?? 0, isClosed: false },
    ...{ timestamp: 21_000, sampleRate: 48_000 },
    copyTo(plane: Float32Array, options: { readonly planeIndex: number; readonly format: string }) {
      expect(options.format).toBe("f32-planar");
      plane.set(planes[options.planeIndex] ?? []);
    },
    close: () => void (data.isClosed = true),
  };
  return data;
}

function audioDecoder() {
  const codecs = installWebCodecs();
  const blocks: PcmBlock[] = [];
  const errors: Error[] = [];
  const decoder = new BrowserAudioDecoder(
    audioSettings,
    (block) => blocks.push(block),
    (error) => errors.push(error),
  );
  const decode = (timeMs: number) =>
    decoder.decode({ kind: "audio-frame", presentationTimeMs: timeMs, data: new Uint8Array(1) });
  return { ...codecs, blocks, errors, decoder, decode };
}

describe("the decoder of sound", () => {
  it("is made with the first sound, and told its codec", () => {
    const { calls, configs, decode } = audioDecoder();
    expect(calls).toEqual([]);
    decode(21);
    decode(42);
    expect(calls).toEqual(["configure", "key 21000", "key 42000"]);
    expect(configs).toMatchObject([{ codec: "mp4a.40.2", sampleRate: 48_000, numberOfChannels: 2 }]);
  });

  it("gives each channel's samples with their time, and the memory back", () => {
    const { blocks, audio, decode } = audioDecoder();
    decode(21);
    const data = audioData([
      [0, 1],
      [0.5, -1],
    ]);
    audio[0]?.give(data);
    const planes = [Float32Array.of(0, 1), Float32Array.of(0.5, -1)];
    expect(blocks).toEqual([{ timestampMs: 21, sampleRateHz: 48_000, planes }]);
    expect(data.isClosed).toBe(true);
  });

  it("is made anew after an error", () => {
    const { calls, audio, errors, decode } = audioDecoder();
    decode(21);
    audio[0]?.fail();
    decode(42);
    expect(errors).toHaveLength(1);
    expect(calls).toEqual(["configure", "key 21000", "configure", "key 42000"]);
  });

  it("is closed once, also where an error has closed it before", () => {
    const { calls, audio, decoder, decode } = audioDecoder();
    decoder.close();
    decode(21);
    decoder.close();
    decoder.close();
    decode(42);
    audio[1]?.fail();
    decoder.close();
    expect(calls).toEqual(["configure", "key 21000", "close", "configure", "key 42000"]);
  });
});
