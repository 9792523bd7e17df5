import { shownUrl } from "../devices/redact.ts";
import { parseRtmpUrl } from "../media/rtmp/url.ts";
import type { PushTarget } from "../outputs/push/target.ts";
import { grouped, type Option, switchOption, timeWithin, wordOf } from "./option.ts";
import { refuse } from "./parse.ts";

export type PushValues = Omit<PushTarget, "shown">;

/** More than anybody's uplink carries. */
const MAX_TARGETS = 16;
const EXAMPLE = "rtmp://host/live/KEY";
const DEFAULT_LAG_MS = 5000;

const audios = ["auto", "silent", "none"] as const;
const whens = ["always", "watched"] as const;

/** The keys of one target under `push`, in the order of the documentation. */
export const pushTargetOptions = grouped<PushValues>("Options", {
  url: {
    flag: "url",
    metavar: "URL",
    help: "where to send the stream: rtmp:// or rtmps:// and its stream key",
    fallback: undefined,
    isSecret: true,
    parse: parsePushUrl,
  },
  audio: {
    flag: "audio",
    metavar: "WHAT",
    help: "what a stream without audio gets: silent (a silent track), none, or auto (silent for YouTube and Facebook, which do not show it otherwise)",
    fallbackText: "auto",
    fallback: "auto",
    ...wordOf(audios),
  },
  maxLagMs: {
    flag: "max-lag",
    help: "skip to the next key frame if the server is further behind",
    fallbackText: `${DEFAULT_LAG_MS / 1000}s`,
    fallback: DEFAULT_LAG_MS,
    ...timeWithin(1000, 60_000, "1s to 60s", "5s"),
  },
  insecure: switchOption("insecure", "accept any certificate, e.g. a self-signed one"),
  when: {
    flag: "when",
    metavar: "WHEN",
    help: "always, or only while it is watched; always keeps a stream running that is on demand",
    fallbackText: "always",
    fallback: "always",
    ...wordOf(whens),
  },
});

export const pushOptions: { readonly push: Option<readonly PushTarget[]> } = {
  push: {
    flag: "push",
    group: "Server",
    metavar: "URL",
    help: "also send the stream to an RTMP server, e.g. rtmps://a.rtmps.youtube.com/live2/KEY; may be repeated. Visible in ps; prefer FLVCAST_PUSH",
    fallback: [],
    isSecret: true,
    isList: true,
    parse: parsePushTargets,
  },
};

/** URLs, comma-separated; a key may have a comma. */
function parsePushTargets(text: string): readonly PushTarget[] {
  const urls = text.split(/,(?=rtmps?:)/i);
  const targets = pushTargets(urls.map((url) => ({ ...pushDefaults, url: parsePushUrl(url) })));
  return typeof targets === "string" ? refuse(targets, EXAMPLE) : targets;
}

/** What is not said of a target. */
export const pushDefaults = {
  ...{ audio: "auto", maxLagMs: DEFAULT_LAG_MS, insecure: false, when: "always" },
} as const satisfies Partial<PushValues>;

/** A stream's targets, each with a name of its own that may be shown; or what is wrong with them. */
export function pushTargets(all: readonly PushValues[]): readonly PushTarget[] | string {
  if (all.length > MAX_TARGETS) return `has ${all.length} targets: use up to ${MAX_TARGETS}`;
  const shownSoFar: string[] = [];
  const urls = new Set<string>();
  const targets: PushTarget[] = [];
  for (const values of all) {
    const shown = shownTarget(values.url);
    if (urls.has(values.url)) return `has ${shown} twice: remove one`;
    urls.add(values.url);
    const same = shownSoFar.filter((one) => one === shown).length;
    shownSoFar.push(shown);
    targets.push({ ...values, shown: same === 0 ? shown : `${shown} (${same + 1})` });
  }
  return targets;
}

/** `rtmps://a.rtmps.youtube.com/live2/…` */
function shownTarget(url: string): string {
  const shown = shownUrl(parseRtmpUrl(url)?.tcUrl ?? "");
  return shown.endsWith("…") ? shown : `${shown}/…`;
}

function parsePushUrl(text: string): string {
  const found = parseRtmpUrl(text);
  if (found !== null) return text;
  const what = /^rtmps?:\/\/[^/@]+\/[^/]+$/i.test(text) ? "has no stream key" : "is not an RTMP URL";
  return refuse(`${what}: use rtmp://HOST/APP/KEY or rtmps://HOST/APP/KEY`, EXAMPLE);
}
