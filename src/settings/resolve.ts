import { type AudioSpec, type DeviceSpec, parseAudioSpec, parseDeviceSpec } from "../devices/spec.ts";
import { anyTracks } from "../devices/track-choice.ts";
import { UserError } from "../errors.ts";
import type { VideoGoal, WantedEncoder } from "../ffmpeg/encoder.ts";
import { encoders } from "../ffmpeg/encoder-table.ts";
import { nearest } from "../suggest.ts";
import { codecCalled } from "./codec-names.ts";
import { refuseConflicts, refuseIdleKeepFree, type Spelling } from "./conflicts.ts";
import { defaultName } from "./default-name.ts";
import { historySettings } from "./history-options.ts";
import { type Environment, type FlagTexts, fallbacksOf, readGiven } from "./read-options.ts";
import { recordSettings } from "./record-options.ts";
import type { ChannelSettings, ServerSettings, StartSettings, StartValues } from "./settings.ts";
import { commandKeys, startOptions } from "./start-options.ts";

/** Settings of which only the device must be there. */
export type GivenSettings = Partial<StartValues> & Pick<StartValues, "device">;

/** Flags beat the environment, which beats the defaults. @throws UserError of reason `usage` or `noEncoder` */
export function resolveStartSettings(flags: FlagTexts, env: Environment): StartSettings {
  const { given, spelling } = readStart(flags, env);
  return completeSettings(given, spelling);
}

/** What two runs of a stream have to agree in, as texts by flag: all that decides what viewers get. @throws UserError */
export function comparedOptions(flags: FlagTexts, env: Environment): Readonly<Record<string, string>> {
  const { given } = readStart(flags, env);
  const values = valuesOf(parseDeviceSpec(given.device), given);
  const compared = Object.entries(startOptions).filter(([key]) => !(key in notCompared));
  return Object.fromEntries(
    // its own keys
    compared.map(([key, { flag }]) => [flag, JSON.stringify(values[key as keyof StartValues])]),
  );
}

/** How it is started, and what it says meanwhile. */
const notCompared: Partial<Record<keyof StartValues, true>> = {
  ...commandKeys,
  ...{ name: true, listen: true, readyTimeoutMs: true, wait: true, ffmpeg: true },
};

function readStart(flags: FlagTexts, env: Environment): { given: GivenSettings; spelling: Spelling } {
  const { given, spelling } = readGiven(startOptions, flags, env);
  const { device } = given;
  if (device === undefined)
    throw new UserError("usage", "no device given; see flvcast devices, or try: flvcast start test");
  return { given: { ...given, device }, spelling };
}

/**
 * What is not given gets its default, and every text becomes what it means.
 *
 * @throws UserError of reason `usage` where settings contradict each other, of reason `noEncoder` for an unknown one
 */
export function completeSettings(given: GivenSettings, spelling: Spelling = {}): StartSettings {
  const device = parseDeviceSpec(given.device);
  refuseConflicts(device, given, spelling);
  refuseIdleKeepFree(given, spelling);
  const values = valuesOf(device, given);
  return layered({ device, audio: audioNamed(values.audio, spelling.audio ?? "--audio") }, values);
}

function valuesOf(device: DeviceSpec, given: GivenSettings): StartValues {
  const fallbacks = fallbacksOf(startOptions) as Omit<StartValues, "device" | "name">; // a test checks that none is missing
  return { ...fallbacks, name: defaultName(device), ...given, ...whereToListen(given) };
}

/** The address and the port, however they were given. */
export function whereToListen({
  host,
  port,
  listen,
}: Partial<StartValues>): Partial<Pick<StartValues, "host" | "port">> {
  if (listen) return { ...(listen.host === null ? {} : { host: listen.host }), port: listen.port };
  return { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
}

type Inputs = Pick<ChannelSettings, "device" | "audio">;

function layered(inputs: Inputs, values: StartValues): StartSettings {
  const { detach, dryRun, showSecrets, showToken, qr, noQr, json, quiet, verbose, logFormat, onEvent } =
    values;
  return {
    server: serverSettings(values),
    channel: channelSettings(inputs, values),
    command: { detach, dryRun, showSecrets, showToken, qr, noQr, json, quiet, verbose, logFormat, onEvent },
  };
}

/** What of all the values is the server's. */
export function serverSettings(values: ServerSettings): ServerSettings {
  const { host, port, rtmpPort, tlsCert, tlsKey, www, maxViewersPerAddress, exitIdleMs } = values;
  const { recordKeepFree } = values;
  const { auth, token, tokenFile, allowedOrigins, publicHosts, trustedProxies } = values;
  return {
    ...{ host, port, rtmpPort, tlsCert, tlsKey, www, maxViewersPerAddress, exitIdleMs },
    recordKeepFree,
    ...{ auth, token, tokenFile, allowedOrigins, publicHosts, trustedProxies },
  };
}

function channelSettings(inputs: Inputs, values: StartValues): ChannelSettings {
  const { name, loop, inputFormat, size, fps, bitrateKbps, gopSeconds, copy, hwaccel, flvHevc } = values;
  const { deinterlace, rotate, flip, crop, videoFilter, overlayTime, controls } = values;
  const { demuxer, rtspTransport, variant, map } = values;
  const { maxViewers, maxBatchMs, maxLagMs, viewerTimeoutMs, keyWaitMs } = values;
  const { durationMs, readyTimeoutMs, stallMs, wait, exitOnDeviceError, ffmpeg } = values;
  const { onDemand, lingerMs, publishKey, publishTakeover } = values;
  return {
    ...{ name, ...inputs, loop, inputFormat, controls },
    how: { demuxer, rtspTransport },
    tracks: { variant, map: map ?? anyTracks.map },
    video: {
      ...{ size, fps, bitrateKbps, gopSeconds, ...encodingNamed(values), copy },
      ...{ hwaccel, latency: values.latency },
      filters: { deinterlace, rotate, flip, crop, videoFilter, overlayTime },
    },
    audioCodec: values.audioCodec,
    flvForm: flvHevc === "id12" ? "cdn" : "enhanced",
    viewers: { maxViewers, maxBatchMs, maxLagMs, viewerTimeoutMs, keyWaitMs },
    onDemand: onDemand ? { lingerMs } : null,
    push: values.push,
    record: recordSettings(values),
    history: historySettings(values, values.record),
    publish: { key: publishKey, takeover: publishTakeover === "silent" },
    ...{ durationMs, readyTimeoutMs, stallMs, exitOnDeviceError, ffmpeg },
    wait: wait || inputs.device.kind === "publisher", // who publishes comes when they like
  };
}

/** @param is how the option was written */
function audioNamed(text: string, is: string): AudioSpec {
  const audio = parseAudioSpec(text);
  if (audio !== null) return audio;
  throw new UserError("usage", `${is} ${text} has no audio: use a microphone, test, a media file or a URL`);
}

/** An encoder makes one codec: named by itself, it says which is wanted. */
function encodingNamed(values: StartValues): Pick<VideoGoal, "codec" | "encoder"> {
  const encoder = encoderNamed(values.encoder);
  const codec = codecCalled(values.videoCodec);
  return { encoder, codec: codec ?? (encoder === "auto" ? null : encoder.codec) };
}

function encoderNamed(name: string): WantedEncoder {
  const found = name === "auto" ? name : encoders.find((encoder) => encoder.name === name);
  if (found !== undefined) return found;
  const known = encoders.map((encoder) => encoder.name);
  const meant = nearest(name, known);
  const advice =
    meant === null
      ? "use auto, or a name from flvcast encoders"
      : `did you mean ${meant}? See flvcast encoders`;
  throw new UserError("noEncoder", `unknown encoder ${JSON.stringify(name)}: ${advice}`);
}
