import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { RtmpUrl } from "../../media/rtmp/url.ts";
import { problemOf } from "../../system/connection-problem.ts";
import { expectTls } from "../../system/expect-tls.ts";
import { PushFailure } from "./failure.ts";

export interface DialOptions {
  /** Any certificate will do. */
  readonly insecure: boolean;
  readonly lookup: LookupFunction;
  /** Its reason is what it fails with. */
  readonly signal: AbortSignal;
}

/** The kernel asks a peer of whom nothing is heard. */
const KEEP_ALIVE_MS = 10_000;

/** Opens a connection to a server; nothing has been sent. @throws PushFailure */
export async function dial(url: RtmpUrl, { insecure, lookup, signal }: DialOptions): Promise<Socket> {
  signal.throwIfAborted();
  const { isTls, host, port } = url;
  const socket = isTls
    ? expectTls(
        connectTls({
          ...{ host, port, lookup, rejectUnauthorized: !insecure },
          ...(isIP(host) === 0 && { servername: host }), // services have many names at one address
        }),
      )
    : connectTcp({ host, port, lookup });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      socket.destroy();
      reject(signal.reason as Error); // which every caller sets
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.once(isTls ? "secureConnect" : "connect", () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    socket.once("close", () => signal.removeEventListener("abort", stop));
    socket.on("error", (error) => reject(new PushFailure("lost", problemOf(error)))); // later ones are seen as a close
  });
  return socket;
}
