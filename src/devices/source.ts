import type { Writable } from "node:stream";
import type { Device } from "./device.ts";
import type { ColorMatrix } from "./picture.ts";

/**
 * One thing to capture, as ffmpeg is told to open it: a camera, a microphone, a screen, a file, a URL, the test picture.
 * One source is one ffmpeg process, with one or two tracks.
 */
export interface Source {
  /** What the user called it, with passwords taken out: for messages. */
  readonly label: string;
  /** The device of this machine that it is; null for files, URLs and the test picture. */
  readonly device: Device | null;
  /** ffmpeg's options before `-i`. */
  readonly inputOptions: readonly string[];
  /** What stands after `-i`. */
  readonly url: string;
  readonly video: SourceVideo | null;
  readonly audio: SourceAudio | null;
  readonly clock: SourceClock;
  /** It is over at some time, as a file is, and its end is the stream's; what has none is begun again whenever it stops. */
  readonly hasEnd: boolean;
  /** What ffmpeg reads on its stdin, where `url` is `pipe:0`; missing where ffmpeg opens the input itself. */
  readonly feed?: Feed;
}

/** An input that flvcast reads itself, and hands to one process after the other. */
export interface Feed {
  /** Writes what comes to a process's stdin, until the input ends or the returned function is called. */
  attach(stdin: Writable): () => void;
  /** The same, and what is written is kept for the next one, who gets it first. */
  attachToProbe(stdin: Writable): () => void;
  /** Nobody will read any more. */
  close(): void;
}

/**
 * What the source's own timestamps mean: wall-clock time, shared by all devices of the machine, or a clock of its
 * own that starts anywhere (files, URLs, lavfi).
 */
export type SourceClock = "epoch" | "own";

export interface SourceVideo {
  /** ffmpeg's stream specifier for `-map`. */
  readonly map: string;
  /** ffmpeg's name of the codec, e.g. `h264`. */
  readonly codec: string;
  /** It is H.264 that was chosen to go out as it is, whatever `--copy` says. */
  readonly passesThrough: boolean;
  /** Filters that the source itself needs. */
  readonly filters: readonly string[];
  /** What the filters make of the colours; null where they stay as the source has them. */
  readonly colorMatrix: ColorMatrix | null;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly fps: number | null;
}

export interface SourceAudio {
  readonly map: string;
  readonly codec: string;
  readonly filters: readonly string[];
}
