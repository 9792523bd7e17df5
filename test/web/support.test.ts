import { afterEach, describe, expect, it, vi } from "vitest";
import { playsAnything, playsLowLatency, playsMse } from "../../src/web/support.ts";
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
