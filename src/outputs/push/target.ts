/** A server that gets a stream over RTMP. */
export interface PushTarget {
  /** `rtmp` or `rtmps`, with the stream key. */
  readonly url: string;
  /** The same without the key and whatever else in it may be a secret; of different targets of a stream, different. */
  readonly shown: string;
  /** What a stream without sound gets; `auto`: silence where the service shows nothing without sound. */
  readonly audio: "auto" | "silent" | "none";
  /** Media that may be owed to it before it is skipped to the next key frame. */
  readonly maxLagMs: number;
  /** Any certificate will do. */
  readonly insecure: boolean;
  readonly when: "always" | "watched";
}

/** A service that many push to, and what it asks of a stream. */
export interface Service {
  readonly name: string;
  /** Its hosts end like this. */
  readonly domains: readonly string[];
  /** A stream without a sound track is not shown. */
  readonly needsSound: boolean;
  /** The longest time between key frames that it takes; null where that is not known. */
  readonly maxKeySeconds: number | null;
}

/** https://support.google.com/youtube/answer/2853702 and https://help.twitch.tv/s/article/broadcasting-guidelines name the intervals. */
const services: readonly Service[] = [
  { name: "YouTube", domains: ["youtube.com"], needsSound: true, maxKeySeconds: 4 },
  { name: "Twitch", domains: ["twitch.tv", "live-video.net"], needsSound: false, maxKeySeconds: 2 },
  { name: "Facebook", domains: ["facebook.com", "fbcdn.net"], needsSound: true, maxKeySeconds: null },
];

/** The service that a URL is of; null for any other server. */
export function serviceOf(url: string): Service | null {
  const host = URL.canParse(url) ? new URL(url).hostname.toLowerCase() : "";
  const isIn = (domain: string) => host === domain || host.endsWith(`.${domain}`);
  return services.find(({ domains }) => domains.some(isIn)) ?? null;
}

/** Whether a stream without sound goes to it with silence. */
export function wantsSilence({ audio, url }: Pick<PushTarget, "audio" | "url">): boolean {
  return audio === "auto" ? (serviceOf(url)?.needsSound ?? false) : audio === "silent";
}
