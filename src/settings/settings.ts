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
  readonly ffmpeg: string | null;
  readonly dryRun: boolean;
  readonly showSecrets: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

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
