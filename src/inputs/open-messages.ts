import type { Source } from "../devices/source.ts";
import type { DeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import type { WantedAudioCodec } from "../ffmpeg/audio-plan.ts";
import type { Tracks } from "../media/packet.ts";
import type { PassedCodecs } from "./flv-opening.ts";
import { messageSource } from "./message-source.ts";
import type { PublisherSlot } from "./publishers.ts";

export interface OpenMessagesOptions {
  readonly wanted: Tracks;
  /** What goes out as it comes where ffmpeg could encode it instead. */
  readonly passes: PassedCodecs;
  readonly audioCodec: WantedAudioCodec;
  readonly timeoutMs: number;
  /** It has been found to send FLV, whatever its URL looks like. */
  readonly isFlv: boolean;
  /** Where the stream's publisher is; null where there is no server for publishers. */
  readonly publishers: PublisherSlot | null;
}

/** Whether it is opened without ffmpeg, if it turns out to be what it looks like. */
export function isRead({ kind, text }: Pick<DeviceSpec, "kind" | "text">): boolean {
  return kind === "publisher" || (kind === "url" && transportOf(text) !== null);
}

/**
 * Opens an input that sends FLV messages. Null for what is to be opened with ffmpeg; a failure where ffmpeg may yet know more,
 * such as for a codec that cannot go out as it comes.
 * @throws UserError where it cannot be opened at all
 */
export async function openMessages(
  spec: DeviceSpec,
  { wanted, passes, audioCodec, timeoutMs, isFlv, publishers }: OpenMessagesOptions,
): Promise<Source | UserError | null> {
  if (spec.kind === "publisher") return openPublisher(spec.shown, publishers);
  const transport = spec.kind === "url" ? transportOf(spec.text, isFlv) : null;
  if (transport === null) return null;
  if (!URL.canParse(spec.text)) throw new UserError("usage", `"${spec.shown}" is not a valid URL`);
  const options = { label: spec.shown, wanted, passes, audioCodec, timeoutMs };
  if (transport === "websocket") {
    const { openWebSocketFlv } = await import("./flv-over-websocket.ts");
    return await openWebSocketFlv(spec.text, { ...options, passes: "all", audioCodec: "auto" });
  }
  const open =
    transport === "http"
      ? (await import("./flv-over-http.ts")).openHttpFlv
      : (await import("./rtmp-player.ts")).openRtmp;
  return await open(spec.text, options).catch((failure: unknown) => {
    if (failure instanceof UserError && failure.reason === "brokenInput") return failure;
    throw failure;
  });
}

function transportOf(url: string, isFlv = false): "http" | "websocket" | "rtmp" | null {
  if (/^wss?:/.test(url)) return "websocket";
  if (/^rtmps?:/.test(url)) return "rtmp";
  if (isFlv && /^https?:/.test(url)) return "http";
  return /^https?:[^?#]*\.flv([?#]|$)/.test(url) ? "http" : null;
}

function openPublisher(label: string, publishers: PublisherSlot | null): Source {
  const publisher = publishers?.take() ?? null;
  if (publisher === null) throw new UserError("deviceAbsent", "no publisher is connected");
  return { ...messageSource({ label, url: label }, publisher), isPublished: true };
}
