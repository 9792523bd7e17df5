import { Buffer } from "node:buffer";
import type { NutStream, NutStreamEvent } from "./frame.ts";
import { type MainHeader, readMainHeader, readStreamHeader, readSyncpoint, rescale } from "./header.ts";
import type { NutReader } from "./reader.ts";

/** What the headers have said so far, and how far each stream is. Headers are repeated for those who come late. */
export class KnownHeaders {
  readonly #streams = new Map<number, NutStream>();
  readonly #streamBytes = new Map<number, Uint8Array>();
  #main: MainHeader | null = null;
  #mainBytes = new Uint8Array(0);

  get streams(): ReadonlyMap<number, NutStream> {
    return this.#streams;
  }

  /** @throws CorruptInputError where there is none yet, before `what` */
  main(reader: NutReader, what: string): MainHeader {
    return this.#main ?? reader.fail("a main header", what);
  }

  /** One that differs from the last begins the stream again. */
  takeMain(reader: NutReader, body: Uint8Array): null {
    if (this.#main !== null && Buffer.compare(this.#mainBytes, body) === 0) return null;
    this.#main = readMainHeader(reader);
    this.#mainBytes = new Uint8Array(body);
    this.#streams.clear();
    this.#streamBytes.clear();
    return null;
  }

  /** Null for one that is known. */
  takeStream(reader: NutReader, body: Uint8Array): NutStreamEvent | null {
    const header = readStreamHeader(reader, this.main(reader, "a stream packet"));
    const { streamId, mediaClass, fourcc, extradata, decodeDelay, sound } = header;
    const known = this.#streamBytes.get(streamId);
    if (known !== undefined && Buffer.compare(known, body) === 0) return null;
    this.#streamBytes.set(streamId, new Uint8Array(body));
    this.#streams.set(streamId, { header, lastPts: 0 });
    return {
      ...{ kind: "stream", streamId, mediaClass, fourcc, extradata, decodeDelay },
      ...(sound && { sound }),
    };
  }

  takeSyncpoint(reader: NutReader): null {
    const { ticks, timeBase } = readSyncpoint(reader, this.main(reader, "a syncpoint packet"));
    for (const stream of this.#streams.values())
      this.setLastPts(stream, rescale(ticks, timeBase, stream.header));
    return null;
  }

  setLastPts({ header }: NutStream, lastPts: number): void {
    this.#streams.set(header.streamId, { header, lastPts });
  }
}
