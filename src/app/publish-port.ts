import type { HostAndPort } from "../server/http/port.ts";
import type { PublisherNews } from "../server/rtmp/news.ts";
import type { Publishers } from "../server/rtmp/publishers.ts";
import type { RtmpServer } from "../server/rtmp/rtmp-server.ts";
import type { HttpServer } from "../server/server.ts";

export interface PublishPortOptions {
  readonly publishers: Publishers;
  readonly news: PublisherNews;
}

/** The port that publishers come to; what is behind it is loaded when it is first opened. */
export class PublishPort {
  readonly #options: PublishPortOptions;
  #server: RtmpServer | null = null;
  /** Where it listens, as asked for; null: nowhere. */
  #at: HostAndPort | null = null;

  constructor(options: PublishPortOptions) {
    this.#options = options;
  }

  get at(): HostAndPort | null {
    return this.#at;
  }

  /**
   * Listens there from now on, or nowhere; publishers stay.
   * @param wanted with port 0, it keeps the port that it has, or takes a free one
   * @throws UserError where it cannot be had: then all is as it was
   */
  async set(wanted: HostAndPort | null, http: Pick<HttpServer, "keyPair">): Promise<void> {
    if (wanted === null) {
      this.#server?.stop();
      this.#at = null;
      return;
    }
    const target = wanted.port === 0 ? { ...wanted, port: this.#at?.port ?? 0 } : wanted;
    if (this.#at?.host === target.host && this.#at.port === target.port) return;
    const server = (this.#server ??= await this.#load(http));
    await server.listen(target);
    this.#at = { ...target, port: server.address?.port ?? target.port };
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#at = null;
  }

  async #load(http: Pick<HttpServer, "keyPair">): Promise<RtmpServer> {
    const { RtmpServer: Server } = await import("../server/rtmp/rtmp-server.ts");
    return new Server({ ...this.#options, keyPair: () => http.keyPair });
  }
}
