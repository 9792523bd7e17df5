import { z } from "zod";

/** The schemas that the document calls by a name. */
export const documented = z.registry<{ id: string }>();

const milliseconds = z.number().int().nonnegative();
const count = z.number().int().nonnegative();
const time = milliseconds.describe("milliseconds since 1970");

const state = z
  .enum(["starting", "waiting", "on-air", "degraded", "ended"])
  .describe(
    "starting: nothing can be watched yet; waiting: nor is the device there; on-air; degraded: it can be watched, and an input is gone; ended",
  );

const streamFields = {
  name: z.string(),
  state,
  sinceMs: time.describe("when that state began, in milliseconds since 1970"),
  url: z.string().nullable().describe("where it is watched, without a token; null until the port is bound"),
  size: z.string().nullable().describe("1280x720; null without a picture, or before the first"),
  fps: z.number().nonnegative().nullable().describe("pictures a second, over the last five"),
  bitrateKbps: z.number().nonnegative().nullable().describe("picture and sound, over the last five seconds"),
  codecs: z.array(z.string()).describe("RFC 6381: avc1.42c01f, mp4a.40.2"),
  encoder: z.string().nullable().describe("ffmpeg's name for it; null where nothing is encoded"),
  viewers: count,
  lastError: z.string().nullable().describe("the last thing that went wrong, as the log had it"),
};

const input = z.object({
  label: z.string(),
  state: z.enum(["starting", "running", "waiting", "ended"]),
  restarts: count.describe("since the first key frame"),
  stalls: count.describe("how often it sent nothing for too long"),
  lastError: z.string().nullable(),
  retryAtMs: time.nullable().describe("when it is tried again, in milliseconds since 1970"),
  lastFrameMs: time.nullable().describe("when it last sent a frame, in milliseconds since 1970"),
});

/** A stream among others. */
export const streamSchema = z.object(streamFields).register(documented, { id: "Stream" });

/** A stream with all there is to tell. */
export const streamDetailSchema = z
  .object({
    ...streamFields,
    startedMs: time.describe("when the process began, in milliseconds since 1970"),
    restarts: count,
    encoderReason: z.string().nullable().describe("why that encoder"),
    inputs: z.array(input),
  })
  .register(documented, { id: "StreamDetail" });

export const streamsSchema = z
  .object({
    nowMs: time.describe("this server's clock, in milliseconds since 1970"),
    streams: z.array(streamSchema),
  })
  .register(documented, { id: "Streams" });

export const viewerSchema = z
  .object({
    id: z.string().describe("what DELETE takes; no other viewer of this process ever has it"),
    stream: z.string(),
    address: z.string().describe("behind a trusted proxy, the one that it names"),
    transport: z.enum(["http/1.0", "http/1.1", "http/2", "websocket"]),
    sinceMs: time,
    lagMs: z
      .number()
      .nonnegative()
      .nullable()
      .describe("media that it has not acknowledged, at the last look; null: more than the longest allowed"),
    isWaiting: z.boolean().describe("it fell behind, and waits for a key frame"),
    skipped: count.describe("how often it fell behind and was taken on to a later key frame"),
    sentBytes: count.describe("framing included"),
  })
  .register(documented, { id: "Viewer" });

export const viewersSchema = z
  .object({ viewers: z.array(viewerSchema) })
  .register(documented, { id: "Viewers" });

export type StreamInfo = z.infer<typeof streamSchema>;
export type StreamDetail = z.infer<typeof streamDetailSchema>;
export type Streams = z.infer<typeof streamsSchema>;
export type ViewerInfo = z.infer<typeof viewerSchema>;
