import { z } from "zod";
import {
  type Immutable,
  inputStatusSchema,
  pushStatusSchema,
  recordingStatusSchema,
  streamStatusSchema,
} from "../../status.ts";

/** The schemas that the document calls by a name. */
export const documented = z.registry<{ id: string }>();

const count = z.number().int().nonnegative();

/** A stream among others: what a viewer may know of it. */
export const streamSchema = streamStatusSchema
  .pick({
    ...{
      name: true,
      state: true,
      isOnDemand: true,
      sinceMs: true,
      url: true,
      pageUrl: true,
      size: true,
      fps: true,
      bitrateKbps: true,
    },
    ...{ codecs: true, encoder: true, viewers: true, isReachable: true, reason: true },
  })
  .register(documented, { id: "Stream" });

/** A stream with all that a viewer may know: not this machine's other addresses, nor messages, which have addresses and paths in them. */
export const streamDetailSchema = streamStatusSchema
  .omit({ pid: true, urls: true, device: true, lastError: true })
  .extend({
    inputs: z.array(inputStatusSchema.omit({ label: true, lastError: true })),
    pushes: z.array(pushStatusSchema.omit({ lastError: true })),
    recording: recordingStatusSchema.omit({ folder: true, lastError: true }).nullable(),
  })
  .register(documented, { id: "StreamDetail" });

export const streamsSchema = z
  .object({
    nowMs: count.describe("the server's clock, in milliseconds since 1970"),
    streams: z.array(streamSchema),
  })
  .register(documented, { id: "Streams" });

export const viewerSchema = z
  .object({
    id: z.string().describe("the ID for DELETE; unique while the process runs"),
    stream: z.string(),
    address: z.string().describe("behind a trusted proxy, the address that it forwards"),
    transport: z.enum(["http/1.0", "http/1.1", "websocket"]),
    sinceMs: count.describe("milliseconds since 1970"),
    lagMs: z
      .number()
      .nonnegative()
      .nullable()
      .describe("how much media it has not acknowledged yet; null: more than the limit"),
    isWaiting: z.boolean().describe("it fell behind and is waiting for a key frame"),
    skipped: count.describe("how often it fell behind and was skipped to a later key frame"),
    sentBytes: count.describe("including framing"),
  })
  .register(documented, { id: "Viewer" });

export const viewersSchema = z
  .object({ viewers: z.array(viewerSchema) })
  .register(documented, { id: "Viewers" });

export const segmentSchema = z
  .object({
    id: z.string().describe("for /recordings/NAME/ID.flv and .mp4; unique within the stream"),
    startMs: count.describe("when its first frame was captured, in milliseconds since 1970"),
    durationMs: count.describe("of its media; so far, if it is being recorded"),
    bytes: count.describe("of its file; so far, if it is being recorded"),
    state: z
      .enum(["recording", "done", "repaired"])
      .describe("repaired: its end is where a crash or power cut left it"),
    isKept: z.boolean().describe("it is not deleted for its age, or for space"),
    gapBeforeMs: count
      .nullable()
      .describe(
        "how long nothing was recorded before it; 0: it continues the previous one; null: it is the first",
      ),
  })
  .register(documented, { id: "Segment" });

export const recordingsSchema = z
  .object({
    isRecording: z.boolean().describe("a segment is being written now"),
    segments: z.array(segmentSchema),
  })
  .register(documented, { id: "Recordings" });

export type Recordings = Immutable<z.infer<typeof recordingsSchema>>;
export type StreamInfo = Immutable<z.infer<typeof streamSchema>>;
export type StreamDetail = Immutable<z.infer<typeof streamDetailSchema>>;
export type Streams = Immutable<z.infer<typeof streamsSchema>>;
export type ViewerInfo = Immutable<z.infer<typeof viewerSchema>>;
