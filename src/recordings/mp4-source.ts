import { UserError } from "../errors.ts";
import { audioCodecs, videoCodecs } from "../media/codecs.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { FlvDemuxer, type FlvEvent } from "../media/flv/demuxer.ts";
import { MessageReader } from "../media/flv/message-reader.ts";
import { CodecChangeError, Mp4Fragmenter } from "../media/mp4/fragmenter.ts";
import { type AudioCodec, type AudioConfig, trackOf, type VideoConfig } from "../media/packet.ts";

export type FlvBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What is given to ffmpeg in place of FLV, in which older versions know fewer codecs than in MP4. */
export interface Mp4Source {
  /** Null where the file has no sound. */
  readonly audioCodec: AudioCodec | null;
  readonly first: Uint8Array;
  /** To be ended, read or not: what it is made of may be open. */
  readonly rest: AsyncGenerator<Uint8Array, void>;
}

/** @throws what `flv` throws; UserError where it cannot be a file, or there is nothing in it */
export async function openMp4Source(flv: FlvBytes, name: string): Promise<Mp4Source> {
  const converter = new FlvToMp4(name);
  const converted = converter.convert(flv);
  const first = await converted.next();
  if (first.done === true) throw new UserError("failure", `cannot make ${name}: there is no frame in it`);
  return { audioCodec: converter.audioCodec, first: first.value, rest: converted };
}

class FlvToMp4 {
  readonly #name: string;
  readonly #demuxer = new FlvDemuxer();
  #reader: MessageReader | null = null;
  #fragmenter: Mp4Fragmenter | null = null;
  audioCodec: AudioCodec | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  async *convert(flv: FlvBytes): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of flv) yield* this.#guarded(() => this.#push(chunk));
    yield* this.#fragmenter?.end() ?? [];
  }

  #guarded(read: () => Uint8Array[]): Uint8Array[] {
    try {
      return read();
    } catch (error) {
      if (error instanceof CodecChangeError)
        throw new UserError("failure", `cannot make ${this.#name}: ${changeText(error)}`);
      if (!(error instanceof CorruptInputError)) throw error;
      throw new UserError("failure", `cannot make ${this.#name}: ${error.message}`, { cause: error });
    }
  }

  #push(chunk: Uint8Array): Uint8Array[] {
    return this.#demuxer.push(chunk).flatMap((event) => this.#take(event));
  }

  #take(event: FlvEvent): Uint8Array[] {
    if (event.kind === "header") {
      this.#reader = new MessageReader(event.tracks);
      this.#fragmenter = new Mp4Fragmenter(event.tracks);
      return [];
    }
    const [reader, fragmenter] = [this.#reader, this.#fragmenter];
    const frame = reader?.read(event) ?? null;
    if (reader === null || fragmenter === null || frame === null) return [];
    return reader.packets(frame, frame.timeUs).flatMap((packet) => {
      if (packet.kind === "audio-config") this.audioCodec ??= packet.codec;
      return fragmenter.push(packet);
    });
  }
}

function changeText({ from, to }: CodecChangeError): string {
  return `its ${trackOf(from)} changes from ${nameOf(from)} to ${nameOf(to)}; save the parts on their own, or as .flv`;
}

function nameOf(config: VideoConfig | AudioConfig): string {
  return (config.kind === "video-config" ? videoCodecs[config.codec] : audioCodecs[config.codec]).name;
}
