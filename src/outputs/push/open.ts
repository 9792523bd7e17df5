import { parseRtmpUrl, type RtmpUrl } from "../../media/rtmp/url.ts";
import type { LookUps } from "../../system/look-ups.ts";
import { type Connection, PublishConnection } from "./connection.ts";
import { dial } from "./dial.ts";
import { PushFailure } from "./failure.ts";
import type { PushTarget } from "./target.ts";

/** Opens a connection that may send. @throws PushFailure; the signal's reason */
export type OpenPush = (target: PushTarget, signal: AbortSignal) => Promise<Connection>;

/** Opens connections to servers, following one redirect. @param program what we call ourselves */
export function pushOpener(lookUps: LookUps, program: string): OpenPush {
  const openAt = async (url: RtmpUrl, { insecure }: PushTarget, signal: AbortSignal) => {
    const socket = await dial(url, { insecure, lookup: lookUps.lookup, signal });
    const connection = new PublishConnection(socket, url, program);
    await connection.ready(signal);
    return connection;
  };
  return async (target, signal) => {
    const url = parseRtmpUrl(target.url);
    if (url === null) throw new Error("an unchecked push target");
    try {
      return await openAt(url, target, signal);
    } catch (failure) {
      if (!(failure instanceof PushFailure) || failure.redirect === null) throw failure;
      return await openAt(redirected(url, failure.redirect), target, signal);
    }
  };
}

/** The address that a server has named. @throws PushFailure */
function redirected(from: RtmpUrl, redirect: string): RtmpUrl {
  const to = parseRtmpUrl(redirect);
  if (to === null) throw new Error(`an unchecked redirect: ${redirect}`);
  if (from.isTls && !to.isTls)
    throw new PushFailure(
      "refused",
      "redirected to a connection without TLS, which would show the stream key",
    );
  return to;
}
