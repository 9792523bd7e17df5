import type { AppOptions } from "./app/app.ts";
import { createStream } from "./app/start-stream.ts";
import type { Channel } from "./channel/channel.ts";
import type { LogEvent } from "./log.ts";
import { type GivenSettings, settingsFromCode } from "./settings/from-code.ts";

/** A callback that throws, or rejects, does the stream no harm: the first time, it is a warning of the process. */
export interface StreamOptions extends Pick<AppOptions, "env" | "stdin"> {
  /** Stops the stream when it is aborted. */
  readonly signal?: AbortSignal;
  /** What happens to the stream: `event.event` says what, and which `fields` there are. */
  readonly onEvent?: (event: LogEvent) => void;
  /** Each line of ffmpeg's stderr, passwords hidden. */
  readonly onFfmpegLine?: (line: string) => void;
  /** @deprecated Use `onEvent`: this name goes with the next version. */
  readonly onNotice?: (event: LogEvent) => void;
}

/**
 * Puts a device on the air, from code:
 *
 *     const stream = await startStream({ device: "test", port: 0 });
 *     console.log((await stream.onAir)?.url);
 *     await stream.stop();
 *
 * Settings left out have the command line's defaults. `await using stream = …` stops it at the end of its block.
 *
 * @throws UserError when the settings contradict each other, the device cannot be opened or the port cannot be had
 * @throws the signal's reason where it was aborted before the port was open
 */
export async function startStream(settings: GivenSettings, options: StreamOptions = {}): Promise<Channel> {
  const { signal, onNotice, onEvent = onNotice, onFfmpegLine, ...context } = options;
  const checked = settingsFromCode(settings);
  signal?.throwIfAborted();
  const stream = createStream(checked, {
    ...context,
    ...(onEvent && { onNotice: harmless("onEvent", onEvent) }),
    ...(onFfmpegLine && { onFfmpegLine: harmless("onFfmpegLine", onFfmpegLine) }),
  });
  const stop = () => void stream.stop(); // how it went is what `ended` says
  signal?.addEventListener("abort", stop, { once: true });
  stream.ended.catch(() => undefined).finally(() => signal?.removeEventListener("abort", stop));
  stream.start();
  await stream.opened;
  if (signal?.aborted) {
    await stream.stop();
    signal.throwIfAborted();
  }
  return stream;
}

function harmless<Value>(name: string, callback: (value: Value) => unknown): (value: Value) => void {
  let hasFailed = false;
  const warn = (error: unknown) => {
    if (hasFailed) return;
    hasFailed = true;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const text = `${name} has thrown, and the stream goes on; whatever else it throws is not told`;
    process.emitWarning(text, { type: "FlvcastWarning", code: "FLVCAST_CALLBACK", detail });
  };
  return (value) => {
    try {
      const returned = callback(value);
      if (returned instanceof Promise) returned.catch(warn);
    } catch (error) {
      warn(error);
    }
  };
}

export type { Channel as Stream } from "./channel/channel.ts";
export type { OnAir } from "./channel/description.ts";
export { type ExitReason, exitCodes, UserError } from "./errors.ts";
export type { EventName, LogEvent, LogLevel } from "./log.ts";
export type { GivenSettings } from "./settings/from-code.ts";
export type { Size } from "./settings/settings.ts";
export type { InputStatus, MediaTotals, Still, StreamState, StreamStatus } from "./status.ts";
export type {
  /** @deprecated Use `Stream`: this name goes with the next version. */
  Channel as Cast,
  /** @deprecated Use `StreamOptions`: this name goes with the next version. */
  StreamOptions as CastOptions,
};
export {
  /** @deprecated Use `startStream`: this name goes with the next version. */
  startStream as startCast,
};
