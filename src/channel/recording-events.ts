import { type LogEvent, notice, warning } from "../log.ts";
import type { LowDisk } from "../recordings/retention-runner.ts";
import type { Segment } from "../recordings/segment.ts";
import { byteText } from "../system/byte-text.ts";
import { spanText } from "../system/local-time.ts";

export function recordingPaused(name: string, why: string): LogEvent {
  return warning("recording-paused", `recording paused: ${why}`, { name, why });
}

export function recordingStarted(name: string, folder: string, isResumed: boolean): LogEvent {
  return isResumed
    ? notice("recording-resumed", "recording resumed", { name, folder })
    : notice("recording-started", `recording to ${folder}`, { name, folder });
}

/** A file is whole; null where it is not yet. */
export function segmentDone(name: string, segment: Segment): LogEvent | null {
  const { id, file, startMs, durationMs, bytes, state } = segment;
  if (state === "recording") return null;
  const isRepaired = state === "repaired";
  const text = `${isRepaired ? "repaired" : "recorded"} ${file} (${spanText(durationMs)}, ${byteText(bytes)})`;
  const fields = { name, segment: id, file, startMs, durationMs, bytes, state };
  return { level: isRepaired ? "notice" : "debug", event: "segment-done", text, fields };
}

export function lowDiskText({ folder, freeBytes, wantedBytes }: LowDisk): string {
  return `only ${byteText(freeBytes)} free at ${folder}, less than ${byteText(wantedBytes)} (--record-keep-free)`;
}
