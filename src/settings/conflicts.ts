import type { DeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { quoted } from "./read-options.ts";
import type { StartValues } from "./settings.ts";
import { startOptions } from "./start-options.ts";

type Key = keyof StartValues;
/** How a given option was written, for messages: `--size`, `FLVCAST_SIZE`. */
export type Spelling = Partial<Record<Key, string>>;

/** What an encoder would need to change. */
const encoding = [
  ...(["size", "fps", "bitrateKbps", "encoder", "gopSeconds"] as const),
  ...(["deinterlace", "rotate", "flip", "crop", "videoFilter", "overlayTime"] as const),
] as const;

/** @throws UserError of reason `usage` where settings contradict each other */
export function refuseConflicts(
  { kind, text: device }: DeviceSpec,
  given: Partial<StartValues>,
  spelling: Spelling,
): void {
  const is = (key: Key): string => spelling[key] ?? `--${startOptions[key].flag}`;

  const isAsked = (key: Key) =>
    key === "deinterlace" ? given[key] === "on" : given[key] != null && given[key] !== false;

  if (kind === "stdin") {
    // The nominal rate is the one thing about stdin's pictures that the user may know better than the stream.
    const encodes = encoding.find((key) => key !== "fps" && isAsked(key));
    if (encodes) refuse(`${is(encodes)} has no effect on stdin: its H.264 is passed through unchanged`);
    if (given.audio === "-")
      refuse(`${is("audio")} -: stdin already carries the video; use another input for the audio`);
  } else if (given.copy) {
    const encodes = encoding.find(isAsked);
    if (encodes)
      refuse(`${is("copy")} passes the video through unchanged: remove ${is("copy")} or ${is(encodes)}`);
  }
  if (given.loop && kind !== "file")
    refuse(`${is("loop")} is only for media files, and ${quoted(device)} is not one`);
  if (given.inputFormat && kind !== "named" && kind !== "file")
    refuse(`${is("inputFormat")} is only for cameras, and ${quoted(device)} is not one`);
  if (given.controls?.length && kind !== "named" && kind !== "file")
    refuse(`${is("controls")} is only for cameras, and ${quoted(device)} is not one`);
  const ofMedia = (["demuxer", "variant", "map"] as const).find((key) => given[key]);
  if (ofMedia && kind !== "url" && kind !== "file")
    refuse(`${is(ofMedia)} is only for files and URLs, and ${quoted(device)} is not one`);
  if (given.variant && given.map?.video != null)
    refuse(`${is("variant")} and ${is("map")} both choose the video: use one of them`);
  refuseAboutDemand(kind, given, is);
  if (given.quiet && given.verbose)
    refuse(`${is("quiet")} and ${is("verbose")} contradict each other: use one of them`);
  if (given.qr && given.noQr) refuse(`${is("qr")} and ${is("noQr")} contradict each other: use one of them`);
  if (given.token && given.tokenFile)
    refuse(`${is("token")} and ${is("tokenFile")} both give the token: use one of them`);
  const secret = (["token", "tokenFile"] as const).find((key) => given[key]);
  if (given.auth === "none" && secret !== undefined)
    refuse(`${is("auth")} none needs no token: remove ${is("auth")} or ${is(secret)}`);
  if (given.detach && kind === "stdin") refuse(`${is("detach")} does not work with stdin: remove it`);
  if (given.detach && given.dryRun)
    refuse(`${is("dryRun")} starts nothing to detach: remove ${is("dryRun")} or ${is("detach")}`);
  refuseHalfAPair(given, is);
  if (given.showSecrets && !given.dryRun) {
    refuse(`${is("showSecrets")} is only for --dry-run`);
  }
}

function refuseAboutDemand(
  kind: DeviceSpec["kind"],
  { onDemand, audio, lingerMs, exitIdleMs }: Partial<StartValues>,
  is: (key: Key) => string,
): void {
  if (onDemand) {
    const stdin = kind === "stdin" ? "stdin" : audio === "-" ? `${is("audio")} -` : null;
    if (stdin !== null) refuse(`${is("onDemand")} does not work with ${stdin}, which cannot be reopened`);
    return;
  }
  const idle = lingerMs !== undefined ? "lingerMs" : exitIdleMs != null ? "exitIdleMs" : null;
  if (idle !== null) refuse(`${is(idle)} is only for ${is("onDemand")}`);
}

/** From code, `null` is a setting that is not given. */
function refuseHalfAPair(
  { tlsCert = null, tlsKey = null }: Partial<StartValues>,
  is: (key: Key) => string,
): void {
  if (tlsCert !== null && tlsKey === null)
    refuse(`${is("tlsCert")} needs its private key: add --${startOptions.tlsKey.flag}`);
  if (tlsKey !== null && tlsCert === null)
    refuse(`${is("tlsKey")} needs its certificate: add --${startOptions.tlsCert.flag}`);
}

function refuse(message: string): never {
  throw new UserError("usage", message);
}
