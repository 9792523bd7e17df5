import { afterEach, expect, it, vi } from "vitest";
import { AudioOutput } from "../../src/web/audio-output.ts";
import { installWebAudio } from "./web-audio.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const address = new URL("http://cam/player/audio-worklet.js");
const block = { timestampMs: 0, sampleRateHz: 48_000, planes: [new Float32Array(2)] };

async function output(isAllowed = true) {
  const { contexts, worklets } = installWebAudio({ isAllowed });
  const errors: unknown[] = [];
  const audio = new AudioOutput(48_000, 2, address, (error) => errors.push(error));
  await vi.waitFor(() => expect(worklets[0]?.isConnected).toBe(true), 20_000);
  const [context, worklet] = [contexts[0], worklets[0]];
  if (context === undefined || worklet === undefined) throw new Error("no context was made");
  return { audio, context, worklet, errors };
}

it("opens the loudspeaker at the stream's rate, with its channels, and hands the sound on", async () => {
  const { audio, context, worklet } = await output();
  expect(context).toMatchObject({ sampleRate: 48_000, modules: [address.href] });
  expect(worklet.channels).toEqual([2]);
  audio.play(block);
  expect(worklet.sent).toEqual([block]);
});

it("drops sound that comes before the loudspeaker is open", async () => {
  const { worklets } = installWebAudio();
  const audio = new AudioOutput(48_000, 2, address, () => undefined);
  audio.play(block);
  await vi.waitFor(() => expect(worklets[0]?.isConnected).toBe(true), 20_000);
  expect(worklets[0]?.sent).toEqual([]);
});

it("says that the browser lacks the worklet", async () => {
  installWebAudio();
  vi.stubGlobal("AudioWorkletNode", undefined);
  const error = await new Promise((resolve) => new AudioOutput(48_000, 2, address, resolve));
  expect(error).toBeInstanceOf(TypeError);
});

it("is no failure where it is closed before the worklet is there", async () => {
  const { worklets } = installWebAudio();
  const errors: unknown[] = [];
  const audio = new AudioOutput(48_000, 2, address, (error) => errors.push(error));
  audio.close();
  vi.stubGlobal("AudioWorkletNode", undefined); // a closed context takes none
  await new Promise((resolve) => setImmediate(resolve));
  expect([worklets, errors]).toEqual([[], []]);
});

it("knows which moment of the stream is heard: reported, plus what has passed, less what is on its way", async () => {
  const { audio, context, worklet } = await output();
  expect(audio.streamMs).toBeNull();
  expect(audio.bufferedMs).toBe(0);
  worklet.report(5000, 10, 60);
  expect(audio.bufferedMs).toBe(60);
  context.currentTime = 10.25;
  expect(audio.streamMs).toBe(5250);
  context.baseLatency = 0.125;
  expect(audio.streamMs).toBe(5125);
  context.outputLatency = 0.0625;
  expect(audio.streamMs).toBe(5187.5);
});

it("goes by what the output says was heard last, and the time since then", async () => {
  const { audio, context, worklet } = await output();
  vi.spyOn(performance, "now").mockReturnValue(70_125);
  worklet.report(5000, 10, 60);
  context.currentTime = 10.25;
  context.outputLatency = 0.5;
  context.outputTimestamp = { contextTime: 10.0625, performanceTime: 70_000 };
  expect(audio.streamMs).toBe(5187.5);
});

it("does not go by a stamp from before the output stood still", async () => {
  const { audio, context, worklet } = await output();
  vi.spyOn(performance, "now").mockReturnValue(70_500);
  worklet.report(5000, 10, 60);
  context.currentTime = 10.25;
  context.outputTimestamp = { contextTime: 9, performanceTime: 70_000 };
  expect(audio.streamMs).toBe(5250);
});

it.each([
  ["the last report is half a second old", 10.5, 5500],
  ["no report came for longer", 10.75, null],
])("where %s, the moment that is heard is %s", async (_, currentTime, streamMs) => {
  const { audio, context, worklet } = await output();
  worklet.report(5000, 10, 60);
  context.currentTime = currentTime;
  expect(audio.streamMs).toBe(streamMs);
});

it("hears nothing where the buffer has run dry", async () => {
  const { audio, worklet } = await output();
  worklet.report(null, 0, 20);
  expect(audio.streamMs).toBeNull();
  expect(audio.bufferedMs).toBe(20);
});

it("is as loud as was asked, and silent when it is closed", async () => {
  const { audio, context, worklet } = await output();
  audio.volume = 0.5;
  expect(context.volume.value).toBe(0.5);
  audio.close();
  expect(worklet.isConnected).toBe(false);
  expect(context.state).toBe("closed");
});

it("takes it quietly that a browser allows no sound yet, and that it is closed already", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", note);
  try {
    const { audio } = await output(false);
    expect(audio.isAllowed).toBe(false);
    audio.resume();
    audio.close();
    audio.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});
