import { z } from "zod";
import { type Immutable, inputStatusSchema, pushStatusSchema, streamStatusSchema } from "../../status.ts";

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

export type StreamInfo = Immutable<z.infer<typeof streamSchema>>;
export type StreamDetail = Immutable<z.infer<typeof streamDetailSchema>>;
export type Streams = Immutable<z.infer<typeof streamsSchema>>;
export type ViewerInfo = Immutable<z.infer<typeof viewerSchema>>;
