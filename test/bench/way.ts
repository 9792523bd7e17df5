/** Pictures that go in, and at which rate they are encoded. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateKbps: number;
}

/** The usual ones. */
export const picture = { width: 1280, height: 720, fps: 30, bitrateKbps: 2500 } as const satisfies Picture;

/** One way from raw pictures to FLV tags at a viewer, running. */
export interface RunningWay {
  /** Takes raw yuv420p pictures. */
  readonly stdin: NodeJS.WritableStream;
  /** The process that encodes the pictures. */
  readonly pid: number | null;
  stop(): Promise<void>;
}

export interface Way {
  readonly name: string;
  /** Calls `onFlv` with each piece of the FLV stream as it comes to the viewer, from its first byte. */
  start(onFlv: (chunk: Uint8Array) => void): RunningWay;
}
