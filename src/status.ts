import { z } from "zod";
import { inputStates, streamStates } from "./states.ts";

/*
 * What a stream tells of itself, in one schema: `flvcast status` reads with it what another process sent, the API picks
 * its answers from it, and everyone else takes its types. zod takes 60 ms to load: import types alone where a device is
 * captured.
 */

/** More than any stream has. */
const MAX_INPUTS = 16;
/** More than a stream tells. */
const MAX_URLS = 1024;
const MAX_TEXT_LENGTH = 2000;

const text = z.string().overwrite((value) => value.slice(0, MAX_TEXT_LENGTH));
const count = z.number().int().nonnegative();
const time = count.describe("milliseconds since 1970");

/** Older versions leave out what they do not know. */
const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().prefault(null);

/** Versions before told the encoder as an object. */
const encoderName = (value: unknown) =>
  typeof value === "object" && value !== null && "name" in value ? value.name : value;

export const inputStatusSchema = z.object({
  name: text.prefault("").describe("what it is called in public: no path, no URL"),
  label: text.describe("as the user named it, passwords hidden"),
  state: z.enum(inputStates),
  restarts: count.describe("since the first key frame"),
  stalls: count.prefault(0).describe("how often it sent nothing for too long"),
  lastError: orNull(text),
  reason: orNull(text).describe("what went wrong last, in a word: see the exit codes"),
  retryAtMs: orNull(time).describe("when it is tried again, in milliseconds since 1970"),
  silentTracks: z
    .array(z.enum(["video", "audio"]))
    .max(2)
    .prefault([])
    .describe("what it announced and has not sent so far: silence or the last picture is sent in its place"),
  maxSilenceMs: orNull(count).describe(
    "for so long it may send nothing before it is restarted; null: for as long as its process lives",
  ),
  lastFrameMs: orNull(time).describe("when it last sent a frame, in milliseconds since 1970"),
});

export const streamStatusSchema = z.object({
  name: text,
  state: z
    .enum(streamStates)
    .describe(
      "starting: nothing can be watched yet; waiting: nor is the device there; on-air; degraded: it can be watched, and an input is gone; ended",
    ),
  sinceMs: time.describe("when that state began, in milliseconds since 1970"),
  startedMs: time.describe("when the process began, in milliseconds since 1970"),
  pid: count,
  url: orNull(text).describe(
    "where it is watched at this moment, without a token; null until the port is bound",
  ),
  pageUrl: orNull(text).describe(
    "the page that plays it in a browser, without a token; null until the port is bound",
  ),
  urls: z
    .array(text)
    .max(MAX_URLS)
    .prefault([])
    .describe("the same stream at every address of this machine, that one first, without a token"),
  isReachable: z
    .boolean()
    .prefault(true)
    .describe("false while the address that it listens on is gone: nobody can reach it"),
  device: text.describe("as the user named it, passwords hidden"),
  inputs: z.array(inputStatusSchema).max(MAX_INPUTS),
  encoder: z
    .preprocess(encoderName, orNull(text))
    .describe("ffmpeg's name for it; null where nothing is encoded"),
  encoderReason: orNull(text).describe("why that encoder"),
  encoderLagMs: orNull(count).describe(
    "how far it is behind; null while it keeps up, which takes 15 s to tell",
  ),
  codecs: z.array(text).max(MAX_INPUTS).prefault([]).describe("RFC 6381: avc1.42c01f, mp4a.40.2"),
  size: orNull(text).describe("1280x720; null without a picture, or before the first"),
  fps: orNull(z.number().nonnegative()).describe("pictures a second, over the last five"),
  keyIntervalMs: orNull(z.number().nonnegative()).describe(
    "between the last two key frames, or since the last one where that is longer; null before that is known",
  ),
  bitrateKbps: orNull(z.number().nonnegative()).describe("picture and sound, over the last five seconds"),
  restarts: count,
  damagedUnits: count.prefault(0).describe("damaged units that the inputs sent, and that were dropped"),
  ignoredUnits: count
    .prefault(0)
    .describe("units that the inputs sent and their format has decoders ignore: dropped, and nothing lost"),
  viewers: count,
  lastError: orNull(text).describe("the last thing that went wrong, as the log had it"),
  reason: orNull(text).describe("the same in a word: deviceAbsent, notReady …, as the exit codes are called"),
});

/** Data that nobody changes. */
export type Immutable<Value> = { readonly [Key in keyof Value]: Immutable<Value[Key]> };

/** How a stream is doing. */
export type StreamStatus = Immutable<z.infer<typeof streamStatusSchema>>;
export type StreamState = StreamStatus["state"];
export type InputStatus = StreamStatus["inputs"][number];

/** What has come since a stream began: numbers that only grow, and the last key interval. */
export interface MediaTotals {
  readonly videoFrames: number;
  readonly keyFrames: number;
  readonly audioFrames: number;
  readonly videoBytes: number;
  readonly audioBytes: number;
  /** Units that were dropped, by track; see the status. */
  readonly damagedUnits: Readonly<Record<"video" | "audio", number>>;
  readonly ignoredUnits: Readonly<Record<"video" | "audio", number>>;
  /** Between the last two key frames, or since the last one where that is longer, by the input's clock; null before that is known. */
  readonly keyIntervalMs: number | null;
}

/**
 * The stream's picture as it is now. `takenMs`: when its key frame came, in milliseconds since 1970. `too-old`: newer pictures have
 * come for so long that it is none of now. `not-yet`: before the first key picture. `none`: a stream of sound alone.
 */
export type Still =
  | { readonly kind: "jpeg"; readonly bytes: Uint8Array; readonly takenMs: number }
  | { readonly kind: "too-old"; readonly takenMs: number }
  | { readonly kind: "not-yet" }
  | { readonly kind: "none" };

/** A stream, for whoever tells of it or acts on it: the server, signals, other processes. */
export interface StreamHandle {
  readonly name: string;
  status(): StreamStatus;
  totals(): MediaTotals;
  /** @throws UserError where it cannot be decoded */
  still(): Promise<Still>;
  /** A URL of this stream with the token that it needs, for this user alone; the same where it needs none. */
  withToken(url: string): string;
  /** Starts its processes again, viewers staying; before it is on the air, nothing happens. @throws UserError */
  restart(): Promise<void>;
  /** Resolves when it is over. */
  stop(): Promise<void>;
}
