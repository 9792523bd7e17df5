import type { AllowedOrigins } from "../auth/origin.ts";
import type { ControlSetting } from "../devices/control.ts";
import type { OpenHow, RtspTransport } from "../devices/media.ts";
import type { AudioSpec, DeviceSpec } from "../devices/spec.ts";
import type { TrackChoice, TrackMap, Variant } from "../devices/track-choice.ts";
import type { WantedAudioCodec } from "../ffmpeg/audio-plan.ts";
import type { Hwaccel, Latency, VideoGoal } from "../ffmpeg/encoder.ts";
import type { VideoFilters } from "../ffmpeg/video-filters.ts";
import type { StreamForm } from "../media/codecs.ts";
import type { PushTarget } from "../outputs/push/target.ts";
import type { KeepFree, RecordSettings } from "../outputs/record/record-settings.ts";
import type { takeovers } from "./publish-options.ts";
import type { OnDemandSettings } from "./serve-settings.ts";

/** What `flvcast start` was asked to do: parsed and checked, with units in the names; `null` where the tool is to choose. */
export interface StartSettings {
  readonly server: ServerSettings;
  readonly channel: ChannelSettings;
  readonly command: CommandSettings;
}

/** The server, however many streams it has. */
export interface ServerSettings extends AccessSettings {
  readonly host: string;
  readonly port: number;
  /** With a certificate and its key, of which none is given without the other, it is served over HTTPS. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  /** A folder whose files are served beside the streams. */
  readonly www: string | null;
  /** null: no limit. */
  readonly maxViewersPerAddress: number | null;
  /** It ends where all streams have been idle for so long; null: never. */
  readonly exitIdleMs: number | null;
  /** Where publishers come, over RTMP; opened only where a stream has them. */
  readonly rtmpPort: number;
  /** What recordings leave of each disk; null: 1 GB or 5 %, whichever is larger. */
  readonly recordKeepFree: KeepFree | null;
}

/** An address and a port in one; null: the address is given elsewhere, or nowhere. */
export interface Listen {
  readonly host: string | null;
  readonly port: number;
}

export interface AccessSettings {
  readonly auth: AuthMode;
  readonly token: string | null;
  /** Where the token stands; at most one of the two is given. */
  readonly tokenFile: string | null;
  readonly allowedOrigins: AllowedOrigins;
  /** Names in lower case. */
  readonly publicHosts: readonly string[];
  /** Addresses, networks, `loopback` or `private`. */
  readonly trustedProxies: readonly string[];
}

/** One stream: what is captured, what becomes of it, and how it is kept running. */
export interface ChannelSettings extends RunSettings {
  readonly name: string;
  readonly device: DeviceSpec;
  readonly audio: AudioSpec;
  readonly loop: boolean;
  /** The camera's format, by ffmpeg's name. */
  readonly inputFormat: string | null;
  /** What the camera itself is set to, in this order. */
  readonly controls: readonly ControlSetting[];
  readonly how: OpenHow;
  readonly tracks: Omit<TrackChoice, "size">;
  readonly video: VideoGoal;
  readonly audioCodec: WantedAudioCodec;
  readonly flvForm: StreamForm;
  readonly viewers: ViewerSettings;
  /** null: it runs whether anybody watches or not. */
  readonly onDemand: OnDemandSettings | null;
  /** Other servers that get it. */
  readonly push: readonly PushTarget[];
  /** null: it is not recorded. */
  readonly record: RecordSettings | null;
  /** null: nothing of it is kept for clips. */
  readonly history: HistorySettings | null;
  /** Who may be its input, where that is whoever publishes it. */
  readonly publish: PublishSettings;
}

/** What is kept of a stream in memory. */
export interface HistorySettings {
  readonly lengthMs: number;
  /** Absolute path: where SIGUSR1 saves clips. */
  readonly clipFolder: string;
}

export interface PublishSettings {
  /** null: one is made and kept. */
  readonly key: string | null;
  /** Another one with the key may take the place of a publisher that sends nothing. */
  readonly takeover: boolean;
}

/** What becomes of a stream when many watch, and of those who cannot keep up. */
export interface ViewerSettings {
  readonly maxViewers: number;
  /** A frame never waits longer than this to share a write; 0: not at all. */
  readonly maxBatchMs: number;
  /** Media that may be owed to a viewer before it is skipped to the next key frame. */
  readonly maxLagMs: number;
  /** A viewer who takes nothing of what it is owed for so long is cut off. */
  readonly viewerTimeoutMs: number;
  /** Who comes while there is no key frame to begin with waits for one so long. */
  readonly keyWaitMs: number;
}

/** How a stream is kept running. */
export interface RunSettings {
  readonly durationMs: number | null;
  readonly readyTimeoutMs: number;
  /** No frames for so long is a failure. */
  readonly stallMs: number;
  /** Wait for a device that is not there, instead of failing. */
  readonly wait: boolean;
  /** End with the device's failure, instead of beginning again. */
  readonly exitOnDeviceError: boolean;
  readonly ffmpeg: string | null;
}

/** What `flvcast start` itself is asked for: how it runs, and what it says. */
export interface CommandSettings {
  /** It runs on by itself, without a terminal. */
  readonly detach: boolean;
  readonly dryRun: boolean;
  readonly showSecrets: boolean;
  /** Print the token to whatever stdout is. */
  readonly showToken: boolean;
  /** Show a QR code also where only this machine can watch. */
  readonly qr: boolean;
  /** Show none. */
  readonly noQr: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly logFormat: LogFormat;
  /** What is run whenever something happens. */
  readonly onEvent: Command | null;
}

/** What `flvcast serve` itself is asked for. */
export interface ServeCommandSettings
  extends Pick<CommandSettings, "detach" | "showToken" | "json" | "quiet" | "verbose" | "logFormat"> {
  /** A path; null: the usual ones. */
  readonly config: string | null;
  /** Read it again whenever it changes. */
  readonly watch: boolean;
}

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** What each option of `flvcast start` says by itself, before all are seen together. */
export interface StartValues
  extends CaptureValues,
    FilterValues,
    ServerSettings,
    ViewerSettings,
    RunSettings,
    OnDemandValues,
    RecordValues,
    HistoryValues,
    CommandSettings {
  readonly name: string;
  readonly push: readonly PushTarget[];
  /** Short for `host` and `port`. */
  readonly listen: Listen | null;
  /** null: one is made and kept. */
  readonly publishKey: string | null;
  readonly publishTakeover: (typeof takeovers)[number];
}

/** Whether a stream is recorded, and how: see `RecordSettings`. */
export interface RecordValues {
  /** A folder; null: it is not. */
  readonly record: string | null;
  readonly recordPath: string;
  readonly recordSegmentMs: number;
  readonly recordKeepMs: number | null;
  readonly recordMaxBytes: number | null;
  readonly recordWhen: RecordSettings["when"];
  readonly recordSyncMs: number;
  readonly recordTimeZone: RecordSettings["timeZone"];
}

/** What is kept of a stream for clips: see `HistorySettings`. */
export interface HistoryValues {
  readonly historyMs: number | null;
  /** null: as the recordings, or the working folder. */
  readonly clipFolder: string | null;
}

/** Whether a stream runs only while somebody watches, and for how long afterwards. */
export interface OnDemandValues extends OnDemandSettings {
  readonly onDemand: boolean;
}

/** What is done to the video before it is encoded, and what the camera itself is set to. */
export interface FilterValues extends VideoFilters {
  readonly controls: readonly ControlSetting[];
}

export interface CaptureValues {
  /** A device of this machine, `test`, `screen`, `-`, a media file's path or a URL. */
  readonly device: string;
  /** `auto` (the device's own sound), `none`, `default`, a microphone, or a second input of the device's kinds. */
  readonly audio: string;
  readonly size: Size | null;
  readonly fps: number | null;
  /** The camera's format, by ffmpeg's name. */
  readonly inputFormat: string | null;
  /** The format of a file or a URL, by ffmpeg's name. */
  readonly demuxer: string | null;
  readonly rtspTransport: RtspTransport | null;
  readonly variant: Variant | null;
  readonly map: TrackMap | null;
  readonly bitrateKbps: number | null;
  readonly gopSeconds: number;
  readonly videoCodec: WantedVideoCodec;
  readonly encoder: string;
  readonly hwaccel: Hwaccel;
  readonly latency: Latency;
  readonly audioCodec: WantedAudioCodec;
  /** How FLV marks H.265. */
  readonly flvHevc: FlvHevc;
  readonly copy: boolean;
  readonly loop: boolean;
}

/** What video shall be, as people call it; `auto` is H.264 where flvcast encodes, and what comes where it copies. */
export const wantedVideoCodecs = ["auto", "h264", "h265", "av1"] as const;
export type WantedVideoCodec = (typeof wantedVideoCodecs)[number];

/** `hvc1` of Enhanced RTMP, and CodecID 12, on which CDNs have agreed. */
export const flvHevcs = ["hvc1", "id12"] as const;
export type FlvHevc = (typeof flvHevcs)[number];

/** `auto`: a token is needed where others than this machine's own pages and programs can ask. */
export const authModes = ["auto", "token", "none"] as const;
export type AuthMode = (typeof authModes)[number];

/** How events are written to stderr; `auto` is text, with priorities where stderr is systemd's journal. */
export const logFormats = ["auto", "text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What `flvcast devices` was asked to do, checked. */
export interface DevicesSettings extends Pick<StartValues, "ffmpeg" | "json"> {
  /** The only one to be told of. */
  readonly device: string | null;
  readonly pin: WantedPin | null;
  /** The name of the pin that is to go. */
  readonly unpin: string | null;
}

/** `--pin door=cam0`: a name, and what it shall stay with as the user called it. */
export interface WantedPin {
  readonly name: string;
  readonly device: string;
}

export interface EncodersSettings
  extends Pick<StartValues, "size" | "videoCodec" | "ffmpeg" | "verbose" | "json"> {
  /** Earlier results are not believed. */
  readonly probe: boolean;
}

export interface DoctorSettings extends Pick<StartValues, "port" | "ffmpeg" | "json"> {
  /** null where nobody said. */
  readonly host: string | null;
}

export interface CheckSettings {
  /** A URL or a file; null where nothing was said. */
  readonly target: string | null;
  readonly watchMs: number;
  readonly json: boolean;
}

export interface ServiceSettings {
  /** Of the user's own systemd, not of the machine's. */
  readonly isUsers: boolean;
  /** null where it follows from the stream, or there is but one. */
  readonly name: string | null;
  readonly config: string | null;
}

export interface StatusSettings extends NamesSettings {
  /** Print nothing but why one is not watchable. */
  readonly healthy: boolean;
  readonly json: boolean;
}

export interface StopSettings extends NamesSettings {
  readonly all: boolean;
}

export interface UrlSettings extends NamedSettings {
  readonly all: boolean;
  /** That of the page instead. */
  readonly page: boolean;
  /** The page's, and as a QR code, too. */
  readonly qr: boolean;
  /** Where to publish it instead, with the stream key. */
  readonly publish: boolean;
  readonly json: boolean;
}

export interface SnapshotSettings extends NamedSettings {
  /** A file's path; `-` is stdout. */
  readonly output: string;
}

export interface ClipSettings extends SnapshotSettings, Pick<StartValues, "ffmpeg"> {
  /** null: all that is kept. */
  readonly lastMs: number | null;
  /** A file that is there is overwritten. */
  readonly force: boolean;
}

/** A moment: milliseconds since 1970, or minutes from today's midnight. */
export type Moment = { readonly atMs: number } | { readonly minuteOfToday: number };

export interface RecordingsSettings extends NamedSettings {
  readonly from: Moment | null;
  readonly to: Moment | null;
  /** The ID of a segment that is to be kept. */
  readonly keep: string | null;
  /** The same of one that is not any more. */
  readonly noKeep: string | null;
  readonly json: boolean;
}

export interface LogsSettings extends NamedSettings {
  readonly follow: boolean;
  /** The last so many; null is all. */
  readonly lines: number | null;
}

/** Which stream is meant; null is the only one. */
export interface NamedSettings {
  readonly name: string | null;
}

/** Which streams are meant; none named is all there are, or the only one. */
interface NamesSettings {
  readonly names: readonly string[];
}
