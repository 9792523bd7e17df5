import { type LogEvent, notice } from "../log.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import { spanText } from "../system/local-time.ts";

/** How a stream that was on air has ended, and after how long. */
export interface Ending {
  /** By a signal, a command or its `--duration`; not by its input's end. */
  readonly isStopped: boolean;
  readonly viewers: number;
  readonly onAirMs: number;
}

/** `stopped after 12 min, 3 viewers`, or that its input is over. */
export function endedEvent(
  { name, device }: Pick<ChannelSettings, "name" | "device">,
  { isStopped, viewers, onAirMs }: Ending,
): LogEvent {
  const input = device.kind === "stdin" ? "stdin" : `"${device.shown}"`;
  const what = isStopped ? "stopped" : `${input} ended`;
  const watched = viewers === 1 ? "1 viewer" : `${viewers} viewers`;
  return notice("ended", `${what} after ${spanText(onAirMs)}, ${watched}`, { name, viewers });
}
