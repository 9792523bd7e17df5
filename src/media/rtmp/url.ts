/** An address of RTMP: `rtmp://HOST[:PORT]/APP/NAME[?QUERY]`. */
export interface RtmpUrl {
  readonly isTls: boolean;
  readonly host: string;
  /** 1935, and 443 with TLS, where none is given. */
  readonly port: number;
  /** What stands before the last part of the path; it may have slashes. */
  readonly app: string;
  /** The last part with its query: a stream key, so a secret. */
  readonly name: string;
  /** For `connect`: without the name. */
  readonly tcUrl: string;
}

/** null for what is no address of RTMP, or lacks one of its parts. */
export function parseRtmpUrl(_text: string): RtmpUrl | null {
  throw new Error("not built");
}
