import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { TagType } from "../../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import { frameMessage } from "../../../src/media/rtmp/chunk-writer.ts";
import { type ClientEvent, ClientSession } from "../../../src/media/rtmp/client-session.ts";
import { parseRtmpUrl } from "../../../src/media/rtmp/url.ts";

/** H.264 of 64x64, Baseline: SPS and PPS of ffmpeg -f lavfi -i testsrc=s=64x64 -c:v libx264 -profile:v baseline. */
const avcConfig = "0142c00affe1001a6742c00ad90842 d808800000030080000019078912 4d4001000468cb83cb20";

const message = (type: TagType, timestampMs: number, hex: string): FlvMessage => ({
  ...{ type, timestampMs },
  body: Buffer.from(hex.replaceAll(" ", ""), "hex"),
});

export const videoConfig = message(TagType.video, 0, `17 00 000000 ${avcConfig}`);
export const audioConfig = message(TagType.audio, 0, "af 00 1210");
export const keyFrame = (timestampMs: number) =>
  message(TagType.video, timestampMs, "17 01 000000 00000004 65888040");
export const interFrame = (timestampMs: number) =>
  message(TagType.video, timestampMs, "27 01 000000 00000004 419a0040");
export const sound = (timestampMs: number) => message(TagType.audio, timestampMs, "af 01 211004");
/** Enhanced RTMP's sequence header of VP9. */
export const vp9Config = message(TagType.video, 0, `90 ${Buffer.from("vp09").toString("hex")} 00000000`);

/** A publisher of our own: what it sends is what it is told to. */
export class RtmpClient {
  readonly events: ClientEvent[] = [];
  readonly socket: Socket;
  readonly #session: ClientSession;
  #onEvent: () => void = () => undefined;

  constructor(
    url: string,
    { ca, program = "OBS" }: { readonly ca?: Buffer; readonly program?: string } = {},
  ) {
    const parsed = parseRtmpUrl(url);
    if (parsed === null) throw new Error(`no RTMP URL: ${url}`);
    this.#session = new ClientSession({ url: parsed, role: "publish", program });
    const { host, port, isTls } = parsed;
    this.socket = isTls
      ? connectTls({ host, port, ca, checkServerIdentity: () => undefined })
      : connectTcp({ host, port });
    this.socket.on("error", () => undefined);
    this.socket.on("data", (chunk: Buffer) => {
      this.events.push(...this.#session.push(chunk));
      this.#flush();
      this.#onEvent();
    });
    this.socket.once(isTls ? "secureConnect" : "connect", () => this.#flush());
    this.socket.once("close", () => this.#onEvent());
  }

  /** What it is told first: that it may publish, or why not; null where the connection ends without. */
  async answer(): Promise<ClientEvent | null> {
    while (this.events.length === 0 && !this.socket.destroyed)
      await new Promise<void>((resolve) => (this.#onEvent = resolve));
    return this.events[0] ?? null;
  }

  send(...messages: readonly FlvMessage[]): void {
    for (const one of messages) this.socket.write(frameMessage(one, this.#session.streamId));
  }

  /** Ends in order. */
  end(): void {
    this.#session.end();
    this.#flush();
    this.socket.end();
  }

  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, "close");
  }

  #flush(): void {
    const output = this.#session.takeOutput();
    if (output !== null) this.socket.write(output);
  }
}
