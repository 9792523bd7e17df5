import type { DeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { encoders } from "../ffmpeg/encoder-table.ts";
import { videoCodecs } from "../media/codecs.ts";
import { codecCalled } from "./codec-names.ts";
import { quoted } from "./read-options.ts";
import type { StartValues } from "./settings.ts";
import { startOptions } from "./start-options.ts";

type Key = keyof StartValues;
/** How a given option was written, for messages: `--size`, `FLVCAST_SIZE`. */
export type Spelling = Partial<Record<Key, string>>;

/** What an encoder would need to change. */
const encoding = [
  ...(["size", "fps", "bitrateKbps", "videoCodec", "encoder", "gopSeconds", "latency"] as const),
  ...(["deinterlace", "rotate", "flip", "crop", "videoFilter", "overlayTime"] as const),
] as const;

/** Values that ask for no change. */
const unchanged: Partial<StartValues> = { videoCodec: "auto", latency: "low" };

/** Settings that contradict each other, or of which one has no effect. */
export interface Conflict {
  readonly message: string;
  /** Without one of them there is no conflict. */
  readonly keys: readonly [Key, ...Key[]];
}

/** @throws UserError of reason `usage` where settings contradict each other */
export function refuseConflicts(spec: DeviceSpec, given: Partial<StartValues>, spelling: Spelling): void {
  const conflict = conflictIn(spec, given, spelling) ?? exitIdleWithoutDemand(given, spelling);
  if (conflict !== null) throw new UserError("usage", conflict.message);
}

/** Of a server of many streams, some may run on demand. */
function exitIdleWithoutDemand(
  { onDemand, exitIdleMs = null }: Partial<StartValues>,
  spelling: Spelling,
): Conflict | null {
  if (onDemand || exitIdleMs === null) return null;
  return conflict(
    `${spelling.exitIdleMs ?? "--exit-idle"} is only for ${spelling.onDemand ?? "--on-demand"}`,
    "exitIdleMs",
  );
}

/** A server of many streams may record some of them. @throws UserError of reason `usage` */
export function refuseIdleKeepFree(
  { record, recordKeepFree }: Partial<StartValues>,
  spelling: Spelling,
): void {
  if (recordKeepFree == null || record != null) return;
  const is = spelling.recordKeepFree ?? "--record-keep-free";
  throw new UserError("usage", `${is} has no effect without ${spelling.record ?? "--record"}`);
}

/** The first conflict among settings; null where there is none. */
export function conflictIn(
  spec: DeviceSpec,
  given: Partial<StartValues>,
  spelling: Spelling,
): Conflict | null {
  const is = (key: Key): string => spelling[key] ?? `--${startOptions[key].flag}`;
  return (
    withDevice(spec, given, is) ??
    amongCodecs(given, is) ??
    amongServers(given, is) ??
    aboutRecording(given, is) ??
    amongCommands(spec, given, is)
  );
}

type Spell = (key: Key) => string;

/** What has no effect on an input of this kind. */
function withDevice({ kind, text }: DeviceSpec, given: Partial<StartValues>, is: Spell): Conflict | null {
  const isAsked = (key: Key) => {
    if (key === "deinterlace") return given[key] === "on";
    return given[key] != null && given[key] !== false && given[key] !== unchanged[key];
  };
  const onlyFor = (key: Key, what: string) =>
    conflict(`${is(key)} is only for ${what}, and ${quoted(text)} is not one`, key);

  const ofAudio = aboutAudioCodec({ kind, text }, given, is);
  if (ofAudio !== null) return ofAudio;

  if (kind === "publisher") {
    const changes = encoding.find(isAsked);
    if (changes) return conflict(`${is(changes)} has no effect on what is published: set it in OBS`, changes);
    if (given.audio != null && !["auto", "none"].includes(given.audio))
      return conflict(`${is("audio")} does not work with "rtmp", which has its own audio`, "audio");
  } else {
    const ofPublishers = (["publishKey", "publishTakeover"] as const).find((key) => given[key] != null);
    if (ofPublishers) return onlyFor(ofPublishers, "the device rtmp");
  }
  if (kind === "stdin") {
    // The nominal rate is the one thing about stdin's pictures that the user may know better than the stream.
    const encodes = encoding.find((key) => key !== "fps" && isAsked(key));
    if (encodes)
      return conflict(
        `${is(encodes)} has no effect on stdin: its H.264 is passed through unchanged`,
        encodes,
      );
    if (given.audio === "-")
      return conflict(
        `${is("audio")} -: stdin already carries the video; use another input for the audio`,
        "audio",
      );
  } else if (isPassed(kind, text)) {
    const encodes = encoding.find(isAsked);
    if (encodes)
      return conflict(
        `${is(encodes)} has no effect on ${quoted(text)}: its video is passed through unchanged`,
        encodes,
      );
  } else if (given.copy) {
    const encodes = encoding.find((key) => isAsked(key) && !isForOthers(key, isAsked("videoCodec")));
    if (encodes)
      return conflict(
        `${is("copy")} passes the video through unchanged: remove ${is("copy")} or ${is(encodes)}`,
        "copy",
        encodes,
      );
  }
  if (given.loop && kind !== "file") return onlyFor("loop", "media files");
  const isCamera = kind === "named" || kind === "file";
  if (given.inputFormat && !isCamera) return onlyFor("inputFormat", "cameras");
  if (given.controls?.length && !isCamera) return onlyFor("controls", "cameras");
  const ofMedia = (["demuxer", "variant", "map"] as const).find((key) => given[key]);
  const isMedia = (kind === "url" && !isPassed(kind, text)) || kind === "file";
  if (ofMedia && !isMedia) return onlyFor(ofMedia, "files and URLs that ffmpeg reads");
  if (given.variant && given.map?.video != null)
    return conflict(
      `${is("variant")} and ${is("map")} both choose the video: use one of them`,
      "variant",
      "map",
    );
  return aboutDemand(kind, given, is);
}

/** With `--copy` and a codec, what comes in another one is encoded as these say. */
function isForOthers(key: Key, hasCodec: boolean): boolean {
  return hasCodec && ["videoCodec", "encoder", "bitrateKbps", "gopSeconds", "latency"].includes(key);
}

function aboutAudioCodec(
  { kind, text }: Pick<DeviceSpec, "kind" | "text">,
  { audioCodec = "auto", audio }: Partial<StartValues>,
  is: Spell,
): Conflict | null {
  if (audioCodec === "auto") return null;
  if (audio === "none")
    return conflict(`${is("audioCodec")} has no effect with ${is("audio")} none`, "audioCodec");
  if (kind === "publisher")
    return conflict(`${is("audioCodec")} has no effect on what is published: set it in OBS`, "audioCodec");
  if (audio != null && audio !== "auto") return null;
  if (kind === "stdin")
    return conflict(`${is("audioCodec")} has no effect on stdin, which has no audio`, "audioCodec");
  if (!isPassed(kind, text)) return null;
  return conflict(
    `${is("audioCodec")} has no effect on ${quoted(text)}: its audio is passed through unchanged`,
    "audioCodec",
  );
}

/** No ffmpeg reads it. */
const isPassed = (kind: DeviceSpec["kind"], text: string) =>
  kind === "publisher" || (kind === "url" && /^wss?:/.test(text));

function aboutDemand(kind: DeviceSpec["kind"], given: Partial<StartValues>, is: Spell): Conflict | null {
  if (!given.onDemand)
    return given.lingerMs === undefined
      ? null
      : conflict(`${is("lingerMs")} is only for ${is("onDemand")}`, "lingerMs");
  if (kind !== "stdin") return null;
  return conflict(`${is("onDemand")} does not work with stdin, which cannot be reopened`, "onDemand");
}

/** An encoder makes one codec. */
function amongCodecs({ videoCodec = "auto", encoder }: Partial<StartValues>, is: Spell): Conflict | null {
  const wanted = codecCalled(videoCodec);
  const makes = encoders.find(({ name }) => name === encoder)?.codec;
  if (wanted === null || makes === undefined || makes === wanted) return null;
  const [made, asked] = [videoCodecs[makes].name, videoCodecs[wanted].name];
  return conflict(
    `${is("encoder")} ${encoder} makes ${made}, not ${asked}: remove ${is("encoder")} or ${is("videoCodec")}`,
    "encoder",
    "videoCodec",
  );
}

function aboutRecording(given: Partial<StartValues>, is: Spell): Conflict | null {
  if (given.clipFolder != null && given.historyMs == null)
    return conflict(`${is("clipFolder")} has no effect without ${is("historyMs")}`, "clipFolder");
  const idle = ofRecording.find((key) => given[key] !== undefined);
  if (given.record != null || idle === undefined) return null;
  return conflict(`${is(idle)} has no effect without ${is("record")}`, idle);
}

const ofRecording = [
  ...(["recordPath", "recordSegmentMs", "recordKeepMs", "recordMaxBytes"] as const),
  ...(["recordWhen", "recordSyncMs", "recordTimeZone"] as const),
];

function amongServers(given: Partial<StartValues>, is: Spell): Conflict | null {
  if (given.token && given.tokenFile)
    return conflict(
      `${is("token")} and ${is("tokenFile")} both give the token: use one of them`,
      "token",
      "tokenFile",
    );
  const twice = (["host", "port"] as const).find((key) => given[key] != null);
  if (given.listen && twice !== undefined)
    return conflict(
      `${is("listen")} and ${is(twice)} both say where to listen: use one of them`,
      "listen",
      twice,
    );
  const secret = (["token", "tokenFile"] as const).find((key) => given[key]);
  if (given.auth === "none" && secret !== undefined)
    return conflict(
      `${is("auth")} none needs no token: remove ${is("auth")} or ${is(secret)}`,
      "auth",
      secret,
    );
  if (given.tlsCert !== undefined && given.tlsKey === undefined)
    return conflict(`${is("tlsCert")} needs its private key: add --${startOptions.tlsKey.flag}`, "tlsCert");
  if (given.tlsKey !== undefined && given.tlsCert === undefined)
    return conflict(`${is("tlsKey")} needs its certificate: add --${startOptions.tlsCert.flag}`, "tlsKey");
  return null;
}

function amongCommands({ kind }: DeviceSpec, given: Partial<StartValues>, is: Spell): Conflict | null {
  if (given.quiet && given.verbose)
    return conflict(
      `${is("quiet")} and ${is("verbose")} contradict each other: use one of them`,
      "quiet",
      "verbose",
    );
  if (given.qr && given.noQr)
    return conflict(`${is("qr")} and ${is("noQr")} contradict each other: use one of them`, "qr", "noQr");
  if (given.detach && kind === "stdin")
    return conflict(`${is("detach")} does not work with stdin: remove it`, "detach");
  if (given.detach && given.dryRun)
    return conflict(
      `${is("dryRun")} starts nothing to detach: remove ${is("dryRun")} or ${is("detach")}`,
      "dryRun",
      "detach",
    );
  if (given.showSecrets && !given.dryRun)
    return conflict(`${is("showSecrets")} is only for --dry-run`, "showSecrets");
  return null;
}

const conflict = (message: string, ...keys: Conflict["keys"]): Conflict => ({ message, keys });
