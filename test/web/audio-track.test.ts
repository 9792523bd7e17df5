import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AudioSettings } from "../../src/media/flv/audio-body.ts";
import { AudioTrack } from "../../src/web/audio-track.ts";
import { audioSettings } from "./stream.ts";
import { installWebAudio } from "./web-audio.ts";
import { installWebCodecs } from "./webcodecs.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const loud = { isMuted: false, volume: 0.5 };
const muted = { isMuted: true, volume: 0.5 };
const mono = { ...audioSettings, decoderConfig: Uint8Array.of(0x11, 0x88) };
const sample = { kind: "audio-frame", presentationTimeMs: 21, data: new Uint8Array(1) } as const;

function track(isAllowed = true) {
  const speaker = installWebAudio({ isAllowed });
  const codecs = installWebCodecs();
  let refusals = 0;
  const audio = new AudioTrack(
    new URL("http://cam/player/audio-worklet.js"),
    () => refusals++,
    () => undefined,
  );
  return { ...speaker, codecs, audio, refusals: () => refusals };
}

it("opens nothing while it is muted, and gives its sound to nobody", () => {
  const { audio, contexts, codecs } = track();
  audio.configure(audioSettings);
  audio.push(sample);
  expect(contexts).toEqual([]);
  expect(codecs.audio).toEqual([]);
  expect(audio.streamMs).toBeNull();
  expect(audio.bufferedMs).toBe(0);
});

it.each([
  ["the viewer asks for it after the stream has begun", ["configure", "unmute"]],
  ["the stream begins after the viewer asked for it", ["unmute", "configure"]],
])("is heard where %s", (_, steps) => {
  const { audio, contexts, codecs } = track();
  for (const step of steps) {
    if (step === "configure") audio.configure(audioSettings);
    else audio.setSound(loud);
  }
  audio.push(sample);
  expect(contexts).toMatchObject([{ sampleRate: 48_000, state: "running", volume: { value: 0.5 } }]);
  expect(codecs.calls).toEqual(["configure", "key 21000"]);
});

it("decodes G.711 itself, where the browser has no decoder of sound", async () => {
  const { audio, contexts, worklets } = track();
  vi.stubGlobal("AudioDecoder", undefined);
  const settings: AudioSettings = {
    ...{ kind: "audio-config", codec: "pcm_alaw" },
    ...{ decoderConfig: new Uint8Array(), sampleRateHz: 8000, channels: 1 },
  };
  audio.setSound(loud);
  audio.push({ ...sample, settings });
  expect(contexts).toMatchObject([{ sampleRate: 8000, state: "running" }]);
  await vi.waitFor(() => expect(worklets[0]?.isConnected).toBe(true), 20_000);
  audio.push({ ...sample, data: Uint8Array.of(0xd5, 0x55) });
  expect(worklets[0]?.sent).toEqual([
    { timestampMs: 21, sampleRateHz: 8000, planes: [Float32Array.of(8 / 32_768, -8 / 32_768)] },
  ]);
});

it("says which moment is heard, and how much lies ahead", async () => {
  const { audio, worklets } = track();
  audio.configure(audioSettings);
  audio.setSound(loud);
  await vi.waitFor(() => expect(worklets[0]?.isConnected).toBe(true), 20_000);
  worklets[0]?.report(5000, 0, 60);
  expect(audio.streamMs).toBe(5000);
  expect(audio.bufferedMs).toBe(60);
});

it("changes its volume without a gap, and closes the loudspeaker when it is muted", () => {
  const { audio, contexts } = track();
  audio.configure(audioSettings);
  audio.setSound(loud);
  audio.setSound({ isMuted: false, volume: 0.25 });
  expect(contexts).toMatchObject([{ volume: { value: 0.25 }, state: "running" }]);
  audio.setSound(muted);
  expect(contexts).toMatchObject([{ state: "closed" }]);
  audio.setSound(loud);
  expect(contexts).toMatchObject([{ state: "closed" }, { state: "running" }]);
});

it("goes on with the next connection's settings where they are the same", () => {
  const { audio, contexts } = track();
  audio.setSound(loud);
  audio.configure(audioSettings);
  audio.configure({ ...audioSettings, decoderConfig: Uint8Array.from(audioSettings.decoderConfig) });
  expect(contexts).toHaveLength(1);
});

it.each([
  ["other", mono],
  ["longer", { ...audioSettings, decoderConfig: Uint8Array.of(0x11, 0x90, 0x56) }],
])("opens the loudspeaker again with %s settings", (_, next) => {
  const { audio, contexts } = track();
  audio.setSound(loud);
  audio.configure(audioSettings);
  audio.configure(next);
  expect(contexts).toMatchObject([{ state: "closed" }, { state: "running" }]);
});

it("closes the loudspeaker and the decoder with the player, and opens them for no later wish", () => {
  const { audio, contexts, codecs } = track();
  audio.setSound(loud);
  audio.configure(audioSettings);
  audio.push(sample);
  audio.close();
  audio.setSound(loud);
  expect(contexts).toMatchObject([{ state: "closed" }]);
  expect(codecs.audio).toMatchObject([{ state: "closed" }]);
});

it("tells, after a second, that the browser allows no sound", () => {
  const { audio, refusals } = track(false);
  audio.configure(audioSettings);
  audio.setSound(loud);
  vi.advanceTimersByTime(999);
  expect(refusals()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(refusals()).toBe(1);
});

it.each([
  ["is allowed", true, loud],
  ["was muted again meanwhile", false, muted],
])("tells of no refusal where sound %s", (_, isAllowed, last) => {
  const { audio, refusals } = track(isAllowed);
  audio.configure(audioSettings);
  audio.setSound(loud);
  audio.setSound(last);
  vi.advanceTimersByTime(1000);
  expect(refusals()).toBe(0);
});
