import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Mp4Cache, type Mp4CacheOptions } from "../../../src/recordings/mp4-cache.ts";
import type { HttpServerOptions } from "../../../src/server/server.ts";
import { FakeRecordings } from "../../recordings/fake-recordings.ts";
import { FakeStream } from "../fake-stream.ts";
import type { RawClient } from "../raw-client.ts";
import { Served } from "../served.ts";

/** A server with one stream that is recorded, "cam". */
export class Recorded {
  readonly recordings = new FakeRecordings();
  readonly stream = new FakeStream();
  readonly served: Served;
  readonly folder: string;

  private constructor(served: Served, folder: string) {
    this.served = served;
    this.folder = folder;
    this.stream.recordings = this.recordings;
    served.server.setStreams(() => [this.stream]);
  }

  static async start(options: HttpServerOptions = {}, mp4: Partial<Mp4CacheOptions> = {}): Promise<Recorded> {
    const folder = mkdtempSync(join(tmpdir(), "flvcast-recorded-"));
    const mp4s = new Mp4Cache({ folder: join(folder, "mp4"), ffmpegPath: async () => "ffmpeg", ...mp4 });
    return new Recorded(await Served.start(false, { mp4s, ...options }), folder);
  }

  /** Asks, and waits until the connection is over. */
  async ask(path: string, headers = "", method = "GET"): Promise<RawClient> {
    return await this.begin(path, headers, method).closed();
  }

  begin(path: string, headers = "", method = "GET"): RawClient {
    const lines = `Host: localhost\r\nConnection: close\r\n${headers}`;
    return this.served.request(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`);
  }

  async stop(): Promise<void> {
    await this.served.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** The body as bytes, without its chunks. */
export function bytesOf(client: RawClient): Buffer {
  const isChunked = client.header("transfer-encoding") === "chunked";
  return Buffer.from(isChunked ? client.chunks.join("") : client.body, "latin1");
}
