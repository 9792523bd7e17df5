import type { Access } from "../system/access.ts";
import type { Holder } from "../system/holders.ts";
import type { Size } from "./picture.ts";

/** Something that can be captured on this machine, as the system shows it. */
export type Device = Camera | Microphone | Screen;

export interface Devices {
  readonly cameras: readonly Camera[];
  readonly microphones: readonly Microphone[];
  readonly screens: readonly Screen[];
}

interface Found {
  /** flvcast's name for it: `cam0`, `mic0`, `screen0`, in the system's order. */
  readonly alias: string;
  /** The system's name: `HD Pro Webcam C920`. */
  readonly name: string;
  /** What ffmpeg opens: `/dev/video0`, `plughw:1,0`, a sound server's source, `:0`, an avfoundation name. */
  readonly node: string;
  /** What names the same physical device after a reboot and, where the system can tell, in another socket. */
  readonly stableId: string;
  readonly access: Access;
  /** Programs that have it open, as far as this user may see; not each of them keeps it from being captured. */
  readonly holders: readonly Holder[];
}

export interface Camera extends Found {
  readonly kind: "camera";
  readonly demuxer: "v4l2" | "avfoundation" | "dshow";
  /** The same for a camera and a microphone in one case (a USB device's path); null where nobody can tell. */
  readonly physicalId: string | null;
  /** What it can send; empty where the system did not tell. */
  readonly modes: readonly Mode[];
}

export interface Microphone extends Found {
  readonly kind: "microphone";
  readonly demuxer: "alsa" | "pulse" | "avfoundation" | "dshow";
  readonly physicalId: string | null;
  /** It records what the machine plays. */
  readonly isMonitor: boolean;
}

export interface Screen extends Found {
  readonly kind: "screen";
  readonly demuxer: "x11grab" | "avfoundation" | "gdigrab";
  /** The part of the node that this screen is; null for all of it. */
  readonly area: Area | null;
}

export interface Area extends Size {
  readonly x: number;
  readonly y: number;
}

/** One format of a camera in one size (or a range of sizes), with its rates. */
export interface Mode {
  /** ffmpeg's name: `yuyv422`, `mjpeg`, `h264`. */
  readonly format: string;
  readonly coding: "raw" | "mjpeg" | "h264" | "other";
  readonly sizes:
    | ({ readonly kind: "discrete" } & Size)
    | { readonly kind: "stepwise"; readonly min: Size; readonly max: Size; readonly step: Size };
  /** Pictures per second; the highest first where they are discrete. */
  readonly rates:
    | { readonly kind: "discrete"; readonly fps: readonly number[] }
    | { readonly kind: "range"; readonly minFps: number; readonly maxFps: number }
    | { readonly kind: "unknown" };
}
