import { NAME_PATTERN } from "../name.ts";
import type { PublishedSettings, ServedStream, ServeSettings } from "../settings/serve-settings.ts";
import type { App } from "./app.ts";

export interface PublishedStreamsOptions {
  readonly app: Pick<App, "newKey" | "onPublisher" | "setNewStreams">;
  readonly settings: () => ServeSettings;
  readonly begin: (served: ServedStream) => void;
  /** Its publisher has not come back. */
  readonly end: (name: string) => void;
  readonly lingerMs: number;
}

export class PublishedStreams {
  readonly #options: PublishedStreamsOptions;
  /** By their names, with what ends them; undefined while somebody publishes them. */
  readonly #timers = new Map<string, NodeJS.Timeout | undefined>();
  #isClosed = false;

  constructor(options: PublishedStreamsOptions) {
    this.#options = options;
  }

  /** Takes new ones by the settings that hold now, or none. @throws UserError where their key cannot be had */
  async open(): Promise<void> {
    const { app, settings } = this.#options;
    const { published, serverName } = settings();
    const add = (name: string) => this.#add(name);
    await app.setNewStreams(
      published && { key: published.key, takeover: published.channel.publish.takeover, serverName, add },
    );
  }

  /** Those that are there, and stay by these settings: none that the file has. */
  served({ published, streams }: ServeSettings): readonly ServedStream[] {
    if (published === null) return [];
    const own = new Set(streams.map(({ channel }) => channel.name));
    return [...this.#timers.keys()].flatMap((name) => (own.has(name) ? [] : this.#servedAs(name, published)));
  }

  /** Whether programs and web servers are told of a stream's events. */
  hasEvents(name: string): boolean {
    return !this.#timers.has(name) || this.#options.settings().published?.hasEvents === true;
  }

  isPublished(name: string): boolean {
    return this.#timers.has(name) && this.#timers.get(name) === undefined;
  }

  /** It has ended, or is the file's. */
  forget(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  /** None begins or ends by itself any more. */
  close(): void {
    this.#isClosed = true;
    for (const name of [...this.#timers.keys()]) this.forget(name);
  }

  /** A name comes on the air with its publisher. Returns what keeps it from that, or null. */
  #add(name: string): string | null {
    const { app, settings, begin } = this.#options;
    const { published, streams, serverName } = settings();
    if (published === null || this.#isClosed) return "the server is stopping";
    if (this.#timers.has(name)) return null;
    if (name === serverName || streams.some(({ channel }) => channel.name === name))
      return `"${name}" is another stream: choose another name`;
    if (!NAME_PATTERN.test(name) || /\.(flv|jpg)$/i.test(name))
      return "invalid stream name: use up to 64 letters, digits, _, - and . (not first)";
    if (this.#timers.size >= published.max)
      return `all ${published.max} places for published streams are taken (max-published)`;
    this.#timers.set(name, undefined);
    begin(this.#servedAs(name, published));
    app.onPublisher(name, (isThere) => this.#look(name, isThere));
    return null;
  }

  #look(name: string, isThere: boolean): void {
    if (!this.#timers.has(name)) return;
    clearTimeout(this.#timers.get(name));
    const { end, lingerMs } = this.#options;
    this.#timers.set(name, isThere ? undefined : setTimeout(() => end(name), lingerMs).unref());
  }

  #servedAs(name: string, { channel, access, key }: PublishedSettings): ServedStream {
    const publish = { ...channel.publish, key: key ?? this.#options.app.newKey };
    return { channel: { ...channel, name, publish }, access };
  }
}
