import type { Writable } from "node:stream";
import type { UserError } from "../errors.ts";
import type { FlvMessage } from "../media/flv/message.ts";
import type { Device, Microphone } from "./device.ts";
import type { ColorMatrix, Size } from "./picture.ts";

/**
 * One thing to capture, as ffmpeg is told to open it: a camera, a microphone, a screen, a file, a URL, the test picture.
 * One source is one ffmpeg process, with one or two tracks.
 */
export interface Source {
  /** What the user called it, with passwords taken out: for messages. */
  readonly label: string;
  /** The device of this machine that it is; null for files, URLs and the test picture. */
  readonly device: Device | null;
  /** The microphone that is captured with it, in the same process. */
  readonly microphone?: Microphone;
  /** ffmpeg's options before `-i`. */
  readonly inputOptions: readonly string[];
  /** What stands after `-i`. */
  readonly url: string;
  readonly video: SourceVideo | null;
  readonly audio: SourceAudio | null;
  readonly clock: SourceClock;
  /** When its silence is a stall; missing: by how far apart its frames are. */
  readonly stall?: StallRule;
  /** It comes when somebody publishes it: there is nothing to be tried again. */
  readonly isPublished?: true;
  /** It comes in segments that a live playlist lists: see `afterSegment`. */
  readonly segments?: "hls";
  /** It is over at some time, as a file is, and its end is the stream's; what has none is begun again whenever it stops. */
  readonly hasEnd: boolean;
  /** What ffmpeg reads on its stdin, where `url` is `pipe:0`; missing where ffmpeg opens the input itself. */
  readonly feed?: Feed;
  /** It sends FLV messages, and is read without ffmpeg: `url` and `inputOptions` mean nothing. */
  readonly messages?: MessageFeed;
}

/** Of a source that nobody captures: what it holds open is closed. */
export function release({ feed, messages }: Source): void {
  feed?.close();
  messages?.close();
}

/** An input that sends FLV messages itself: somebody who publishes to us, or another server of FLV or RTMP. */
export interface MessageFeed {
  /** Hands on what comes, what has come already first, until it ends or the returned function is called. Called once. */
  receive(receiver: MessageReceiver): () => void;
  /** Nobody will receive. */
  close(): void;
}

export interface MessageReceiver {
  /** What came together. */
  onMessages(messages: readonly FlvMessage[]): void;
  /** Nothing more comes. `failure`: why, where that was no orderly end. */
  onEnd(failure: UserError | null): void;
}

/** An input that flvcast reads itself, and hands to one process after the other. */
export interface Feed {
  /**
   * Writes what comes to a process's stdin, until the input ends or the returned function is called. `onFailure` hears why
   * nothing more comes, where that is known.
   */
  attach(stdin: Writable, onFailure: (failure: UserError) => void): () => void;
  /** Nobody will read any more. */
  close(): void;
}

/** One that ffmpeg has to look at before it is captured. */
export interface ProbedFeed extends Feed {
  /** As `attach`, and what is written is kept for the next one, who gets it first. */
  attachToProbe(stdin: Writable): () => void;
}

/**
 * What the source's own timestamps mean.
 * - `epoch`: wall-clock time, shared by all devices of the machine
 * - `own`: a clock that starts anywhere, and that ffmpeg plays at the speed of ours (files, lavfi)
 * - `live`: a clock that starts anywhere and runs elsewhere (URLs, devices of macOS and Windows)
 * - `rtp`: the same, but each track counts from its own beginning until RTCP has said how they belong together
 * - `none`: the demuxer makes timestamps up: frames are stamped as they come, with wall-clock time
 */
export type SourceClock = "epoch" | "own" | "live" | "rtp" | "none";

/** Whether its frames are stamped by the system's clock, which may be set. */
export function isOnWallClock({ clock }: Pick<Source, "clock">): boolean {
  return clock === "epoch" || clock === "none";
}

/** `never`: as long as ffmpeg lives, it may be silent. `after`: what comes in pieces may be silent for so long. */
export type StallRule = { readonly kind: "never" } | { readonly kind: "after"; readonly silenceMs: number };

export interface SourceVideo {
  /** ffmpeg's stream specifier for `-map`. */
  readonly map: string;
  readonly codec: string;
  /** It is H.264 that was chosen to go out as it is, whatever `--copy` says. */
  readonly passesThrough: boolean;
  /** Filters that the source itself needs. */
  readonly filters: readonly string[];
  /** What stands for these where frames stay on a graphics chip; missing where nothing does. */
  readonly gpuFilters?: readonly string[];
  /** What the filters make of the colours; null where they stay as the source has them. */
  readonly colorMatrix: ColorMatrix | null;
  readonly size: Size | null;
  readonly fps: number | null;
  /** What it may slow down to by itself; null where nothing tells of other rates than `fps`. */
  readonly slowestFps: number | null;
  /** By how many degrees it is to be turned before it is shown: ffmpeg does so where it encodes. */
  readonly rotation?: number;
  /** It says that it consists of fields. */
  readonly isInterlaced?: boolean;
  /** Its description tells of B-frames; missing where nothing tells before it is captured. */
  readonly reorders?: true;
}

export interface SourceAudio {
  readonly map: string;
  readonly codec: string;
  /** It cannot be copied: nothing tells its rate and channels. */
  readonly hasUnknownFormat?: true;
  /** Missing where nothing tells before it is captured. */
  readonly sampleRateHz?: number;
  readonly isMono?: true;
  readonly filters: readonly string[];
}
