import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { Failures } from "../../../src/auth/rate-limit.ts";
import type { Publisher } from "../../../src/inputs/publishers.ts";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import type { RtmpLimits } from "../../../src/server/rtmp/limits.ts";
import { Publishers } from "../../../src/server/rtmp/publishers.ts";
import { RtmpServer } from "../../../src/server/rtmp/rtmp-server.ts";

export const KEY = "right-key-1";
const tls = (name: string) => readFileSync(`test/fixtures/tls/${name}`);
export const certificate = tls("cert.pem");
const keyPair = { cert: certificate.toString(), key: tls("key.pem").toString() };

/** A server of the stream "door", and what is told of its publishers. */
export async function rtmpServed(
  limits: Partial<RtmpLimits> = {},
  { hasTls = false, takeover = true }: { readonly hasTls?: boolean; readonly takeover?: boolean } = {},
) {
  const news: string[] = [];
  const publishers = new Publishers(new Failures());
  publishers.setStream("door", { isKey: (text) => text === KEY, takeover });
  const server = new RtmpServer({
    publishers,
    keyPair: () => (hasTls ? keyPair : null),
    news: {
      onJoined: (name, { program, address }) => news.push(`joined ${name}: ${program} ${address}`),
      onLeft: (name, _who, { how }) => news.push(`left ${name}: ${how}`),
      onSparseKeyFrames: (name, { intervalMs }) => news.push(`sparse ${name}: ${intervalMs}`),
    },
    limits: { refusalDelayMs: 50, ...limits },
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  const url = `rtmp${hasTls ? "s" : ""}://127.0.0.1:${server.address?.port}/live`;
  const slot = publishers.slotOf("door");
  return { server, publishers, news, slot, url, door: `${url}/door?key=${KEY}` };
}

/** Has all that a publisher sends. */
export function received({ opening, feed }: Publisher) {
  const messages: FlvMessage[] = [...opening.messages];
  const ends: (string | null)[] = [];
  const stop = feed.receive({
    onMessages: (more) => messages.push(...more),
    onEnd: (failure) => ends.push(failure?.message ?? null),
  });
  return { messages, ends, stop };
}
