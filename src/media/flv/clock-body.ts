import { type Amf0Value, encodeAmf0, property } from "./amf0.ts";

/** What time it was when a moment of the stream was taken. */
export interface StreamClock {
  /** The stream's time. */
  readonly streamMs: number;
  /** The server's wall clock, as Date.now() counts. */
  readonly wallMs: number;
}

/**
 * Cue points are what FLV has for events of a stream (Adobe, "ActionScript 3.0 Reference", NetStream.onCuePoint), and the
 * one script tag besides onMetaData that ffmpeg, of a tag at time 0, makes no third track of.
 */
const SCRIPT_NAME = "onCuePoint";
const CUE_NAME = "clock";

/** Body of the script tag that tells it. */
export function encodeClockBody({ streamMs, wallMs }: StreamClock): Uint8Array {
  return encodeAmf0(SCRIPT_NAME, {
    kind: "object",
    properties: [
      ["name", CUE_NAME],
      ["time", streamMs / 1000], // seconds
      ["type", "event"],
      ["parameters", { kind: "object", properties: [["wallMs", wallMs]] }],
    ],
  });
}

/** Null for any other script tag; of a name and the value that follows it. */
export function readClock(name?: Amf0Value, value?: Amf0Value): StreamClock | null {
  if (name !== SCRIPT_NAME || property(value, "name") !== CUE_NAME) return null;
  const timeS = property(value, "time");
  const wallMs = property(property(value, "parameters"), "wallMs");
  if (typeof timeS !== "number" || typeof wallMs !== "number") return null;
  return { streamMs: Math.round(timeS * 1000), wallMs };
}
