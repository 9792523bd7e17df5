import { isDeepStrictEqual } from "node:util";
import { unlistedCodecs } from "../../media/codecs.ts";
import type { Rates } from "../../media/flv/metadata.ts";
import { isFrame, type Packet } from "../../media/packet.ts";
import { Alarm } from "../../system/alarm.ts";
import { Backoff } from "../../system/backoff.ts";
import type { LagWatch } from "../../system/lag-watch.ts";
import type { Demand } from "../demand.ts";
import { defaultHubLimits } from "../live/limits.ts";
import { LiveOutput } from "../live/live-output.ts";
import type { LagLimits } from "../live/viewer.ts";
import { corrected, entryRoleOf, type Output, roleOf, type StreamInfo, type TimedPacket } from "../output.ts";
import type { OpenPush } from "./open.ts";
import { Push, type PushOptions } from "./push.ts";
import type { PushStatus } from "./push-status.ts";
import { Silence } from "./silence.ts";
import { type PushTarget, wantsSilence } from "./target.ts";

export interface PushOutputOptions extends Pick<PushOptions, "onDown"> {
  readonly onUp: (target: PushTarget) => void;
  /** The server says which codecs it takes, and these of the stream are not among them: "H.265". */
  readonly onUnlisted: (target: PushTarget, codecs: readonly string[]) => void;
  /** The stream's name. */
  readonly name: string;
  readonly open: OpenPush;
  readonly lagWatch: LagWatch;
  /** Who watches, for targets that get the stream only then. */
  readonly watching: Demand;
  /** Where targets that always get the stream have it run. */
  readonly demand: Demand;
  /** Hides the secrets of a target in what its server says. */
  readonly redactor: (target: PushTarget) => (text: string) => string;
}

/** A server that acknowledges nothing of what it is owed for so long is connected to anew. */
type PushLimits = Pick<LagLimits, "viewerTimeoutMs">;

/** A target that is sent to, and what ends its part of the demand. */
interface Sending {
  readonly push: Push;
  readonly release: () => void;
}

/** A watched stream goes on being pushed for so long after the last viewer, who may be reloading a page. */
const LINGER_MS = 10_000;
const MAX_DELAY_MS = 30_000;

/**
 * A stream on its way to other servers, of which each is a viewer of it: so the tags are made once for all of them, and
 * beginning at a key frame, skipping to one and standing still are what they are for viewers.
 */
export class PushOutput implements Output {
  readonly name = "push";
  readonly #options: PushOutputOptions;
  readonly #feeds = new Map<FeedKind, Feed>();
  readonly #sendings = new Map<PushTarget, Sending>();
  /** Targets by URL that are not sent to any more, and to which the end is on its way. */
  readonly #endings = new Map<string, Promise<void>>();
  #limits: PushLimits = defaultHubLimits;
  #isOver = false;
  #stream: StreamInfo | null = null;
  /** The newest of each kind, for a feed that begins in the middle of the stream. */
  readonly #configs = new Map<Packet["kind"], TimedPacket>();
  #isWatched: boolean;
  readonly #stopWatching: () => void;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: PushOutputOptions) {
    this.#options = options;
    this.#isWatched = options.watching.count > 0;
    this.#stopWatching = options.watching.onChange(() => this.#watch());
  }

  statuses(): readonly PushStatus[] {
    return [...this.#sendings.values()].map(({ push }) => push.status());
  }

  /** Sends to these from now on; what is sent to others ends, and the same ones see nothing of it. */
  setTargets(targets: readonly PushTarget[], limits: PushLimits): void {
    if (this.#isOver) return;
    this.#limits = limits;
    const old = [...this.#sendings];
    const same = (one: PushTarget) => old.find(([target]) => isSame(one, target));
    for (const [target, { push, release }] of old) {
      this.#sendings.delete(target);
      if (targets.some((one) => isSame(one, target))) continue;
      release();
      this.#endings.set(target.url, push.end());
    }
    for (const target of targets) {
      const [, sending] = same(target) ?? [];
      sending?.push.rename(target.shown);
      this.#sendings.set(target, sending ?? this.#sendTo(target));
    }
    this.#feed();
    void this.#forgetEnded();
  }

  begin(stream: StreamInfo): void {
    this.#stream = stream;
    this.#configs.clear();
    for (const feed of this.#feeds.values()) feed.live.end();
    this.#feeds.clear();
    this.#feed();
  }

  correct(rates: Rates): void {
    this.#stream = corrected(this.#stream, rates);
    for (const { live } of this.#feeds.values()) live.correct(rates);
  }

  ready(): void {
    // what is written shows it
  }

  write(packets: readonly TimedPacket[]): void {
    for (const timed of packets) if (!isFrame(timed.packet)) this.#configs.set(timed.packet.kind, timed);
    for (const { live, silence } of this.#feeds.values()) live.write(silence?.fill(packets) ?? packets);
    const entry = this.#stream && entryRoleOf(this.#stream.tracks);
    if (packets.some(({ packet }) => roleOf(packet) === entry)) this.#look();
  }

  /**
   * Every connection ends, and another one begins at the key frame: within a stream, servers take a time that steps back for
   * damage, each in its own way; a stream that is published anew begins anew everywhere.
   */
  startEpoch(): void {
    for (const { live, silence } of this.#feeds.values()) {
      silence?.restart();
      live.startEpoch();
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#linger);
    this.#stopWatching();
    const sendings = [...this.#sendings.values()];
    this.#sendings.clear();
    for (const { release } of sendings) release();
    await Promise.all([...this.#endings.values(), ...sendings.map(({ push }) => push.end())]);
    for (const { live } of this.#feeds.values()) live.end();
    this.#feeds.clear();
  }

  #sendTo(target: PushTarget): Sending {
    const { open, lagWatch, demand, redactor, onDown } = this.#options;
    const push = new Push({
      after: this.#endings.get(target.url) ?? Promise.resolve(), // a server may refuse a key that is in use
      onUp: (shown, fourccs) => this.#up(shown, fourccs),
      ...{ target, open, lagWatch, onDown, redact: redactor(target) },
      ...{ alarm: new Alarm(), backoff: new Backoff(Math.random, MAX_DELAY_MS) },
      hub: () => this.#feeds.get(this.#kindFor(target))?.live.hub ?? null,
      isWanted: () => target.when === "always" || this.#isWatched,
    });
    return { push, release: target.when === "always" ? demand.take() : () => undefined };
  }

  #up(target: PushTarget, fourccs: readonly string[] | null): void {
    const { onUp, onUnlisted } = this.#options;
    onUp(target);
    const configs = [...this.#configs.values()].flatMap(({ packet }) => (isFrame(packet) ? [] : [packet]));
    const unlisted = fourccs === null ? [] : unlistedCodecs(configs, fourccs, this.#stream?.form);
    if (unlisted.length > 0) onUnlisted(target, unlisted);
  }

  async #forgetEnded(): Promise<void> {
    for (const [url, ending] of [...this.#endings]) {
      await ending;
      if (this.#endings.get(url) === ending) this.#endings.delete(url);
    }
  }

  #kindFor(target: PushTarget): FeedKind {
    const { tracks } = this.#stream ?? {};
    return tracks?.video && !tracks.audio && wantsSilence(target) ? "silenced" : "plain";
  }

  /** Makes what targets need, and no more. */
  #feed(): void {
    const targets = [...this.#sendings.keys()];
    const limits = {
      viewerTimeoutMs: this.#limits.viewerTimeoutMs,
      maxLagMs: Math.max(1000, ...targets.map(({ maxLagMs }) => maxLagMs)),
    };
    const needed = new Set(targets.map((target) => this.#kindFor(target)));
    for (const [kind, { live }] of this.#feeds) {
      live.setLimits(limits);
      if (needed.has(kind)) continue;
      live.end();
      this.#feeds.delete(kind);
    }
    const stream = this.#stream;
    if (stream === null) return;
    for (const kind of needed) {
      if (this.#feeds.has(kind)) continue;
      const feed = feedOf(kind, new LiveOutput({ name: this.#options.name, limits, onHub: () => undefined }));
      this.#feeds.set(kind, feed);
      const audio = stream.tracks.audio || feed.silence !== null;
      feed.live.begin({ ...stream, tracks: { ...stream.tracks, audio } });
      const configs = [...this.#configs.values()];
      if (configs.length > 0) feed.live.write(feed.silence?.fill(configs) ?? configs);
    }
  }

  #watch(): void {
    clearTimeout(this.#linger);
    if (this.#options.watching.count === 0) {
      this.#linger = setTimeout(() => this.#setWatched(false), LINGER_MS);
    } else this.#setWatched(true);
  }

  #setWatched(isWatched: boolean): void {
    if (isWatched === this.#isWatched) return;
    this.#isWatched = isWatched;
    this.#look();
  }

  #look(): void {
    for (const { push } of this.#sendings.values()) push.look();
  }
}

/** But for its name, which depends on the other targets. */
function isSame(one: PushTarget, other: PushTarget): boolean {
  return isDeepStrictEqual({ ...one, shown: "" }, { ...other, shown: "" });
}

/** The stream as it is, or with silence beside its video. */
type FeedKind = "plain" | "silenced";

interface Feed {
  readonly live: LiveOutput;
  readonly silence: Silence | null;
}

const feedOf = (kind: FeedKind, live: LiveOutput): Feed => ({
  live,
  silence: kind === "silenced" ? new Silence() : null,
});
