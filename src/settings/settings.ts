/** What `flvcast start` was asked to do: checked, with units in the names; `null` where the tool is to choose. */
export interface StartSettings {
  /** A device of this machine, `test`, `screen`, `-`, a media file's path or an rtsp:// or http(s):// URL. */
  readonly device: string;
  /** `auto` (the device's own sound), `none`, `default`, a microphone, or a second input of the device's kinds. */
  readonly audio: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly size: Size | null;
  readonly fps: number | null;
  /** The camera's format, by ffmpeg's name. */
  readonly inputFormat: string | null;
  readonly bitrateKbps: number | null;
  readonly gopSeconds: number;
  readonly encoder: string;
  readonly copy: boolean;
  readonly loop: boolean;
  readonly durationMs: number | null;
  readonly readyTimeoutMs: number;
  /** No frames for so long is a failure. */
  readonly stallMs: number;
  /** Wait for a device that is not there, instead of failing. */
  readonly wait: boolean;
  /** End with the device's failure, instead of beginning anew. */
  readonly exitOnDeviceError: boolean;
  readonly ffmpeg: string | null;
  /** It runs on by itself, without a terminal. */
  readonly detach: boolean;
  readonly dryRun: boolean;
  readonly showSecrets: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly logFormat: LogFormat;
}

/** How events are written to stderr; `auto` is text, with priorities where stderr is systemd's journal. */
export const logFormats = ["auto", "text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What `flvcast devices` was asked to do, checked. */
export interface DevicesSettings {
  readonly pin: WantedPin | null;
  /** The name of the pin that is to go. */
  readonly unpin: string | null;
  readonly ffmpeg: string | null;
  readonly json: boolean;
}

/** `--pin door=cam0`: a name, and what it shall stay with as the user called it. */
export interface WantedPin {
  readonly name: string;
  readonly device: string;
}

/** What `flvcast encoders` was asked to try, checked. */
export interface EncodersSettings {
  /** Earlier results are not believed. */
  readonly probe: boolean;
  readonly size: Size | null;
  readonly ffmpeg: string | null;
  readonly json: boolean;
}

/** What `flvcast doctor` was asked to look at, checked. */
export interface DoctorSettings {
  /** null where nobody said. */
  readonly host: string | null;
  readonly port: number;
  readonly ffmpeg: string | null;
  readonly json: boolean;
}

/** Which service `flvcast service` is about, checked. */
export interface ServiceSettings {
  /** Of the user's own systemd, not of the machine's. */
  readonly isUsers: boolean;
  /** null where it follows from the stream, or there is but one. */
  readonly name: string | null;
}

/** What `flvcast status` was asked to show, checked. */
export interface StatusSettings extends NamedSettings {
  readonly json: boolean;
}

/** What `flvcast logs` was asked to show, checked. */
export interface LogsSettings extends NamedSettings {
  readonly follow: boolean;
}

/** Which stream is meant; null is the only one. */
export interface NamedSettings {
  readonly name: string | null;
}
