import type { DeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { shown } from "./read-options.ts";
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
    if (encodes)
      refuse(`${is(encodes)} cannot change the H.264 on stdin: leave it out, it is passed through as it is`);
    if (given.audio === "-")
      refuse(`${is("audio")} - cannot be: stdin brings the picture; name another input for sound`);
  } else if (given.copy) {
    const encodes = encoding.find(isAsked);
    if (encodes)
      refuse(`${is("copy")} passes the picture through as it is: leave out ${is("copy")} or ${is(encodes)}`);
  }
  if (given.loop && kind !== "file")
    refuse(`${is("loop")} is for media files, and ${is("device")} ${shown(device)} is none: leave it out`);
  if (given.inputFormat && kind !== "named" && kind !== "file") {
    refuse(`${is("inputFormat")} is for cameras, and ${is("device")} ${shown(device)} is none: leave it out`);
  }
  if (given.controls?.length && kind !== "named" && kind !== "file") {
    refuse(`${is("controls")} is for cameras, and ${is("device")} ${shown(device)} is none: leave it out`);
  }
  const ofMedia = (["demuxer", "variant", "map"] as const).find((key) => given[key]);
  if (ofMedia && kind !== "url" && kind !== "file")
    refuse(
      `${is(ofMedia)} is for files and URLs, and ${is("device")} ${shown(device)} is none: leave it out`,
    );
  if (given.variant && given.map?.video != null)
    refuse(`${is("variant")} and ${is("map")} both choose the video: leave one out`);
  if (given.quiet && given.verbose)
    refuse(`${is("quiet")} and ${is("verbose")} contradict each other: leave one out`);
  if (given.qr && given.noQr) refuse(`${is("qr")} and ${is("noQr")} contradict each other: leave one out`);
  if (given.token && given.tokenFile)
    refuse(`${is("token")} and ${is("tokenFile")} both give the token: leave one out`);
  const secret = (["token", "tokenFile"] as const).find((key) => given[key]);
  if (given.auth === "none" && secret !== undefined)
    refuse(
      `${is("auth")} none lets everyone watch without a token: leave out ${is("auth")} or ${is(secret)}`,
    );
  if (given.detach && kind === "stdin")
    refuse(`${is("detach")} leaves stdin behind, and ${is("device")} - reads it: leave ${is("detach")} out`);
  if (given.detach && given.dryRun)
    refuse(`${is("dryRun")} starts nothing that ${is("detach")} could leave running: leave one out`);
  refuseHalfAPair(given, is);
  if (given.showSecrets && !given.dryRun) {
    refuse(`${is("showSecrets")} goes only with --dry-run: add --dry-run, or leave it out`);
  }
}

/** From code, `null` is a setting that is not given. */
function refuseHalfAPair(
  { tlsCert = null, tlsKey = null }: Partial<StartValues>,
  is: (key: Key) => string,
): void {
  if (tlsCert !== null && tlsKey === null)
    refuse(`${is("tlsCert")} needs its private key: give it with --${startOptions.tlsKey.flag}`);
  if (tlsKey !== null && tlsCert === null)
    refuse(`${is("tlsKey")} needs its certificate: give it with --${startOptions.tlsCert.flag}`);
}

function refuse(message: string): never {
  throw new UserError("usage", message);
}
