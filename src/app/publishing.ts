import { Failures } from "../auth/rate-limit.ts";
import { tokenCheck } from "../auth/token.ts";
import type { PublishPlace } from "../channel/place.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { PublisherNews } from "../server/rtmp/news.ts";
import { Publishers } from "../server/rtmp/publishers.ts";
import type { ChannelSettings, PublishSettings } from "../settings/settings.ts";
import type { PublishAddress } from "../stream.ts";
import { type HeldToken, publishKey } from "./access.ts";

export interface PublishingOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onNotice: (event: LogEvent, stream: string | null) => void;
}

/** Names that become streams when they are published, and what they are kept under. */
export interface NewStreams extends PublishSettings {
  readonly serverName: string;
  readonly add: (name: string) => string | null;
}

export class Publishing {
  /** Wrong keys count as wrong tokens do. */
  readonly failures = new Failures();
  readonly publishers = new Publishers(this.failures);
  readonly news: PublisherNews;
  readonly #options: PublishingOptions;
  readonly #keys = new Map<string, HeldToken>();
  #newKey: HeldToken | null = null;

  constructor(options: PublishingOptions) {
    this.#options = options;
    this.news = newsFor(options.onNotice);
  }

  /** Who may publish a stream from now on; null: nobody. @throws UserError where its key cannot be had */
  async setStream(name: string, settings: PublishSettings | null): Promise<void> {
    if (settings === null) {
      this.#keys.delete(name);
      return this.publishers.setStream(name, null);
    }
    const key = await publishKey(name, settings.key, this.#keeping(name));
    this.#keys.set(name, key);
    this.publishers.setStream(name, { isKey: tokenCheck(key.text), takeover: settings.takeover });
  }

  /** The stream has been stopped, and may be started again. */
  stop(name: string): void {
    this.publishers.stop(name);
  }

  remove(name: string): void {
    this.#keys.delete(name);
    this.publishers.remove(name);
  }

  /** Whether names that are no streams yet may be published; null: none. @throws UserError where the key cannot be had */
  async setNewStreams(settings: NewStreams | null): Promise<void> {
    const key = settings && (await publishKey(settings.serverName, settings.key, this.#keeping(null)));
    this.#newKey = key;
    this.publishers.setNewNames(
      settings === null || key === null
        ? null
        : { add: settings.add, isKey: tokenCheck(key.text), takeover: settings.takeover },
    );
  }

  /** @param url of the server at this moment; null before it is open */
  placeOf(name: string, url: () => string | null): PublishPlace {
    return {
      address: () => {
        const [server, key] = [url(), this.#keys.get(name)];
        return server === null || key === undefined ? null : addressOf(server, name, key);
      },
      publisher: () => {
        const { present } = this.publishers.slotOf(name);
        if (present === null) return null;
        const { program, address, sinceMs } = present;
        return { program, address, sinceMs };
      },
    };
  }

  /** How names that are no streams yet are published: NAME stands for each. @param server its URL; null before it is open */
  newAddress(server: string | null): PublishAddress | null {
    return server === null || this.#newKey === null ? null : addressOf(server, "NAME", this.#newKey);
  }

  /** What opens all names that are no streams yet; null where there are none. */
  get newKey(): string | null {
    return this.#newKey?.text ?? null;
  }

  #keeping(stream: string | null) {
    const { env, onNotice } = this.#options;
    return { env, onNotice: (event: LogEvent) => onNotice(event, stream) };
  }
}

/** Who may publish a stream; null where its input is another. */
export function publishersOf({ device, publish }: ChannelSettings): PublishSettings | null {
  return device.kind === "publisher" ? publish : null;
}

function newsFor(onNotice: PublishingOptions["onNotice"]): PublisherNews {
  return {
    onJoined: (name, { address, program }) => {
      const text = `publisher joined "${name}": ${called(address, program)}`;
      onNotice(notice("publisher-joined", text, { name, address, program }), name);
    },
    onLeft: (name, { address, program, sinceMs }, { how, bytes }) => {
      const text = `publisher left "${name}": ${called(address, program)} ${how}`;
      const durationMs = Date.now() - sinceMs;
      onNotice(notice("publisher-left", text, { name, address, program, why: how, bytes, durationMs }), name);
    },
    onSparseKeyFrames: (name, { intervalMs, fps }) => {
      const text = `key frames of the publisher are ${(intervalMs / 1000).toFixed(1)} s apart, so new viewers wait that long; set the key frame interval to 1 s in its program`;
      onNotice(warning("key-frames-late", text, { input: "rtmp", intervalMs, fps }), name);
    },
  };
}

function addressOf(server: string, name: string, key: HeldToken): PublishAddress {
  const streamKey = `${name}?key=${key.text}`;
  return { server, streamKey, url: `${server}/${streamKey}` };
}

const called = (address: string, program: string) => (program === "" ? address : `${address} (${program})`);
