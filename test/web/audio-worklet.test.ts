import { afterEach, expect, it, vi } from "vitest";

afterEach(() => void vi.unstubAllGlobals());

interface Processor {
  process(inputs: unknown, outputs: readonly (readonly Float32Array[])[]): boolean;
}

it("plays what the page sends, and reports every tenth quantum", async () => {
  const reports: unknown[] = [];
  const made: Processor[] = [];
  const port = Object.assign(new EventTarget(), {
    start: () => undefined,
    postMessage: (report: unknown) => void reports.push(report),
  });
  vi.stubGlobal("sampleRate", 48_000);
  vi.stubGlobal("currentTime", 7);
  vi.stubGlobal(
    "AudioWorkletProcessor",
    class {
      readonly port = port;
    },
  );
  vi.stubGlobal("registerProcessor", (_: string, Made: new () => Processor) => made.push(new Made()));
  await import("../../src/web/audio-worklet.ts");
  const [processor] = made;
  const channel = new Float32Array(128);
  expect(processor?.process([], [[channel]])).toBe(true);
  expect(reports).toEqual([{ streamMs: null, contextS: 7, bufferedMs: 0 }]);
  const data = { timestampMs: 500, sampleRateHz: 48_000, planes: [new Float32Array(4800).fill(0.5)] };
  port.dispatchEvent(new MessageEvent("message", { data }));
  for (let quantum = 2; quantum <= 11; quantum++) {
    expect(reports).toHaveLength(1);
    processor?.process([], [[channel]]);
  }
  expect(channel[0]).toBe(0.5);
  expect(reports).toHaveLength(2);
  expect(reports[1]).toMatchObject({ streamMs: expect.closeTo(500 + (9 * 128) / 48, 0), contextS: 7 });
});
