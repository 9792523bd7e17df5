/** The pictures that go in. */
export const picture = { width: 1280, height: 720, fps: 30, bitrateKbps: 2500 } as const;

/** One way from raw pictures to FLV tags at a viewer, running. */
interface RunningWay {
  /** Takes raw yuv420p pictures of `picture`. */
  readonly stdin: NodeJS.WritableStream;
  stop(): Promise<void>;
}

export interface Way {
  readonly name: string;
  /** Calls `onFlv` with each piece of the FLV stream as it comes to the viewer, from its first byte. */
  start(onFlv: (chunk: Uint8Array) => void): RunningWay;
}
