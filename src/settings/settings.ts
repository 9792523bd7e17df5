/** What `flvcast start` was asked to do: checked, with units in the names; `null` where the tool is to choose. */
export interface StartSettings {
  /** `test`, `screen`, `-`, a media file's path or an rtsp:// or http(s):// URL. */
  readonly device: string;
  /** `auto` (the device's own sound), `none`, or a second input of the device's kinds. */
  readonly audio: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly size: Size | null;
  readonly fps: number | null;
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
