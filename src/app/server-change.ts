import { isDeepStrictEqual } from "node:util";
import type { ServerSettings } from "../settings/settings.ts";

export interface PublicServerSettings extends ServerSettings {
  /** Of all streams together. */
  readonly maxViewers: number;
  /** What the token is kept under that is made where one is needed and none given. */
  readonly tokenName: string;
  /** There are streams whose input is whoever publishes them: their port is open. */
  readonly hasPublishers: boolean;
  /** What makes recordings MP4 files; null, or not given: whichever is found. */
  readonly ffmpeg?: string | null;
}

type Key = keyof PublicServerSettings;

/** What decides where it listens, and how. */
const LISTENING = ["host", "port", "tlsCert", "tlsKey"] as const satisfies readonly Key[];
const ACCESS = [
  ...(["auth", "token", "tokenFile", "allowedOrigins", "publicHosts", "trustedProxies"] as const),
] as const satisfies readonly Key[];
/** What a server is made with, and stays. */
const FIXED = [
  "tokenName",
  "www",
  "maxViewers",
  "maxViewersPerAddress",
  "ffmpeg",
] as const satisfies readonly Key[];

/** What other settings are to a server that runs. */
export interface ServerChange {
  /** What it can serve by. */
  readonly next: PublicServerSettings;
  /** The settings that stay as they were until the server is started again. */
  readonly kept: readonly string[];
  readonly isMoved: boolean;
  readonly hasOtherFiles: boolean;
  readonly hasOtherAccess: boolean;
}

/** @param isPassed its socket is systemd's, which does not move */
export function serverChange(
  before: PublicServerSettings,
  wanted: PublicServerSettings,
  isPassed: boolean,
): ServerChange {
  const fixed: readonly Key[] = isPassed ? [...FIXED, ...LISTENING] : FIXED;
  const next = { ...wanted, ...Object.fromEntries(fixed.map((key) => [key, before[key]])) };
  const isOther = (keys: readonly Key[], other = next) =>
    keys.some((key) => !isDeepStrictEqual(before[key], other[key]));
  return {
    next,
    kept: fixed.filter((key) => isOther([key], wanted)),
    isMoved: isOther(["host", "port"]) || hasTls(before) !== hasTls(next),
    hasOtherFiles: isOther(["tlsCert", "tlsKey"]),
    hasOtherAccess: isOther(ACCESS),
  };
}

function hasTls({ tlsCert, tlsKey }: PublicServerSettings): boolean {
  return tlsCert !== null && tlsKey !== null;
}
