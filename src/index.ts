import type { AppOptions } from "./app/app.ts";
import { createStream } from "./app/start-stream.ts";
import type { OnAir } from "./channel/description.ts";
import type { LogEvent } from "./log.ts";
import { type GivenSettings, settingsFromCode } from "./settings/from-code.ts";
import type { StreamHandle, StreamState } from "./stream.ts";

/** Callbacks may throw or reject without harming the stream; the first error of each becomes a process warning. */
export interface StreamOptions extends Pick<AppOptions, "env" | "stdin"> {
  /** Stops the stream when it is aborted. */
  readonly signal?: AbortSignal;
  /** Called for each event; `event.event` is its name and determines its `fields`. */
  readonly onEvent?: (event: LogEvent) => void;
  /** Called for each line of ffmpeg's stderr, with passwords hidden. */
  readonly onFfmpegLine?: (line: string) => void;
  /** @deprecated Use `onEvent`; removed in the next version. */
  readonly onNotice?: (event: LogEvent) => void;
}

/** A stream that was started from code. */
export interface Stream
  extends Pick<
      StreamHandle,
      "name" | "status" | "totals" | "still" | "clip" | "withToken" | "restart" | "stop"
    >,
    AsyncDisposable {
  readonly state: StreamState;
  /** Resolves when a key frame can be watched, with null if the stream was stopped before; rejects as `ended` does. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when the stream is over and nothing of it is left; rejects with a `UserError` if it failed. */
  readonly ended: Promise<void>;
}

/**
 * Starts a stream from code:
 *
 *     const stream = await startStream({ device: "test", port: 0 });
 *     console.log((await stream.onAir)?.url);
 *     await stream.stop();
 *
 * Omitted settings have the same defaults as on the command line. `await using stream = …` stops it at the end of the block.
 *
 * @throws UserError if settings conflict, the device cannot be opened or the port is not available
 * @throws the signal's reason if it is aborted before the port is open
 */
export async function startStream(settings: GivenSettings, options: StreamOptions = {}): Promise<Stream> {
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
    const text = `${name} threw an error; the stream continues, and further errors it throws are not reported`;
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

export type { OnAir } from "./channel/description.ts";
export { type ExitReason, exitCodes, UserError } from "./errors.ts";
export type { EventName, LogEvent, LogLevel } from "./log.ts";
export type { GivenSettings } from "./settings/from-code.ts";
export type { Size } from "./settings/settings.ts";
export type { InputStatus, MediaTotals, Still, StreamState, StreamStatus } from "./stream.ts";
export type {
  /** @deprecated Use `Stream`; removed in the next version. */
  Stream as Cast,
  /** @deprecated Use `StreamOptions`; removed in the next version. */
  StreamOptions as CastOptions,
};
export {
  /** @deprecated Use `startStream`; removed in the next version. */
  startStream as startCast,
};
