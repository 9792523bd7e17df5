import type { FlvMessage } from "../flv/message.ts";
import type { RtmpUrl } from "./url.ts";

export interface ClientOptions {
  readonly url: RtmpUrl;
  readonly role: "publish" | "play";
  /** `flashVer`. */
  readonly program: string;
}

export type ClientEvent =
  /** It may send, or what it plays follows. */
  | { readonly kind: "ready" }
  /** `code` and `description` as the server has them; `redirect`: an RTMP URL to go to instead. */
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly description: string;
      readonly redirect: string | null;
    }
  /** Of a stream that is played. */
  | { readonly kind: "message"; readonly message: FlvMessage }
  /** The stream that is played has come to its end. */
  | { readonly kind: "ended" };

/** The side of a client in one RTMP connection (Adobe RTMP 1.0), that publishes or plays: bytes in, events and bytes out. */
export class ClientSession {
  constructor(_options: ClientOptions) {
    throw new Error("not built");
  }

  /** Of the message stream, from `ready` on. */
  get streamId(): number {
    throw new Error("not built");
  }

  /** What the bytes complete. @throws CorruptInputError for what is no RTMP, or beyond its limits */
  push(_chunk: Uint8Array): ClientEvent[] {
    throw new Error("not built");
  }

  /** Ends the stream in order: FCUnpublish, deleteStream. */
  end(): void {
    throw new Error("not built");
  }

  /** What is to be written now, the handshake first; null where there is nothing. Frames of media go by `frameMessage`. */
  takeOutput(): Uint8Array | null {
    throw new Error("not built");
  }
}
