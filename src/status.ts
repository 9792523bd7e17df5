import { z } from "zod";
import { inputStates, pushStates, recordingStates, type StreamStatus, streamStates } from "./stream.ts";

/*
 * The status of a stream, in one schema: `flvcast status` parses what another process sent, the API picks its responses
 * from it, and everyone else uses its types. zod takes 60 ms to load: import only types where a device is captured.
 */

/** More than any stream has. */
const MAX_INPUTS = 16;
/** More than a stream may be sent to. */
const MAX_PUSHES = 64;
/** More than a stream reports. */
const MAX_URLS = 1024;
const MAX_TEXT_LENGTH = 2000;

const text = z.string().overwrite((value) => value.slice(0, MAX_TEXT_LENGTH));
const count = z.number().int().nonnegative();
const time = count.describe("milliseconds since 1970");

/** Older versions omit fields they do not know. */
const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().prefault(null);

/** Older versions sent the encoder as an object. */
const encoderName = (value: unknown) =>
  typeof value === "object" && value !== null && "name" in value ? value.name : value;

export const inputStatusSchema = z.object({
  name: text.prefault("").describe("its public name, without paths or URLs"),
  label: text.describe("as given by the user, with passwords hidden"),
  state: z.enum(inputStates),
  restarts: count.describe("number of restarts since the first key frame"),
  stalls: count.prefault(0).describe("how often it stopped sending and was restarted"),
  lastError: orNull(text),
  reason: orNull(text).describe("what went wrong last, named as in the exit codes"),
  retryAtMs: orNull(time).describe("when it is retried, in milliseconds since 1970"),
  silentTracks: z
    .array(z.enum(["video", "audio"]))
    .max(2)
    .prefault([])
    .describe("announced tracks that have sent nothing so far; silence or the last frame is sent instead"),
  maxSilenceMs: orNull(count).describe("it is restarted after sending nothing for this long; null: never"),
  lastFrameMs: orNull(time).describe("when it last sent a frame, in milliseconds since 1970"),
});

export const pushStatusSchema = z.object({
  target: text.describe("where the stream is pushed to, without the stream key"),
  state: z
    .enum(pushStates)
    .describe(
      "connecting; up: the server gets the stream; waiting: for the stream, a viewer or the next attempt",
    ),
  sinceMs: time.describe("when it entered this state, in milliseconds since 1970"),
  lagMs: orNull(count).describe("how much media the server has not acknowledged, as of the last look"),
  skips: count.describe("how often the server fell behind and was skipped to a later key frame"),
  reconnects: count.describe("how often it was connected again"),
  sentBytes: count.describe("including framing"),
  lastError: orNull(text).describe("why the server does not get the stream, in its words if it said why"),
  retryAtMs: orNull(time).describe("when it is retried, in milliseconds since 1970"),
});

export const recordingStatusSchema = z.object({
  state: z
    .enum(recordingStates)
    .describe(
      "recording; waiting: for the stream or a viewer; off-hours: not at this time of day; paused: the disk is full or fails, and it resumes automatically",
    ),
  sinceMs: time.describe("when it entered this state, in milliseconds since 1970"),
  folder: text.describe("the folder of --record"),
  segment: orNull(text).describe("the ID of the segment being written"),
  lagMs: count.describe("how much media waits to be written"),
  skips: count.describe("how often it fell behind and was skipped to a later key frame"),
  bytes: count.describe("the size of all segments of the stream"),
  segments: count.describe("their number"),
  freeBytes: orNull(count).describe("what is free on the disk, as of the last look"),
  lastError: orNull(text).describe("why it is paused, or was last"),
});

export const streamStatusSchema = z.object({
  name: text,
  state: z
    .enum(streamStates)
    .describe(
      "starting: not watchable yet; waiting: for the device; idle: on demand, starts with the next viewer; on-air; degraded: watchable, but an input is missing; ended",
    ),
  isOnDemand: z.boolean().prefault(false).describe("it runs only while someone watches"),
  sinceMs: time.describe("when it entered this state, in milliseconds since 1970"),
  startedMs: time.describe("when the process started, in milliseconds since 1970"),
  pid: count,
  url: orNull(text).describe("the current stream URL, without a token; null until the port is bound"),
  pageUrl: orNull(text).describe(
    "the current URL of the page that plays it, without a token; null until the port is bound",
  ),
  urls: z
    .array(text)
    .max(MAX_URLS)
    .prefault([])
    .describe("stream URLs for all addresses of this machine, url first, without a token"),
  isReachable: z
    .boolean()
    .prefault(true)
    .describe("false while the address it listens on is missing, so nobody can connect"),
  device: text.describe("as given by the user, with passwords hidden"),
  inputs: z.array(inputStatusSchema).max(MAX_INPUTS),
  encoder: z
    .preprocess(encoderName, orNull(text))
    .describe("ffmpeg's name of the encoder; null if nothing is encoded"),
  encoderReason: orNull(text).describe("why this encoder was chosen"),
  encoderLagMs: orNull(count).describe(
    "how far it lags behind; null while it keeps up, and in the first 15 s",
  ),
  codecs: z.array(text).max(MAX_INPUTS).prefault([]).describe("RFC 6381: avc1.42c01f, mp4a.40.2"),
  size: orNull(text).describe("for example 1280x720; null without video, or before the first frame"),
  fps: orNull(z.number().nonnegative()).describe("frames per second, averaged over five seconds"),
  keyIntervalMs: orNull(z.number().nonnegative()).describe(
    "time between the last two key frames, or since the last one if that is longer; null until known",
  ),
  bitrateKbps: orNull(z.number().nonnegative()).describe(
    "video and audio together, averaged over five seconds",
  ),
  restarts: count,
  damagedUnits: count.prefault(0).describe("damaged units received from inputs and dropped"),
  ignoredUnits: count
    .prefault(0)
    .describe("units that decoders ignore by specification; dropped without loss"),
  viewers: count,
  pushes: z.array(pushStatusSchema).max(MAX_PUSHES).prefault([]).describe("the servers it is pushed to"),
  recording: orNull(recordingStatusSchema).describe("its recording (--record); null: it is not recorded"),
  publisher: orNull(
    z.object({
      program: text.describe("as it calls itself; empty if it does not"),
      address: text,
      sinceMs: time,
    }),
  ).describe("who publishes the stream, if its device is rtmp; null if nobody does"),
  lastError: orNull(text).describe("the last error, as logged"),
  reason: orNull(text).describe("the same as a name from the exit codes: deviceAbsent, notReady, …"),
});

/** Deeply read-only data. */
export type Immutable<Value> = { readonly [Key in keyof Value]: Immutable<Value[Key]> };

type IsSame<One, Other> = [One, Other] extends [Other, One] ? true : never;
const isSame: IsSame<StreamStatus, Immutable<z.infer<typeof streamStatusSchema>>> = true;
void isSame;
