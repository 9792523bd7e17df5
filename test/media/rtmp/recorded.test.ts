import { describe, expect, it } from "vitest";
import { FlvDemuxer } from "../../../src/media/flv/demuxer.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import { ClientSession } from "../../../src/media/rtmp/client-session.ts";
import { ServerSession } from "../../../src/media/rtmp/server-session.ts";
import { parseRtmpUrl } from "../../../src/media/rtmp/url.ts";
import { fixture, inPieces, md5 } from "../fixture.ts";

/** What a session makes of what was recorded. */
interface Outcome {
  /** Kinds of events, but of messages. */
  readonly kinds: string[];
  readonly messages: FlvMessage[];
  readonly requests: unknown[];
}

/** A publisher's bytes, to a server that takes it. */
function serve(chunks: Iterable<Uint8Array>): Outcome {
  const session = new ServerSession();
  const outcome: Outcome = { kinds: [], messages: [], requests: [] };
  for (const chunk of chunks)
    for (const event of session.push(chunk)) {
      if (event.kind === "message") outcome.messages.push(event.message);
      else outcome.kinds.push(event.kind);
      if (event.kind !== "publish") continue;
      const { app, name, program, parameters } = event.request;
      outcome.requests.push({ app, name, program, key: parameters.get("key") });
      session.accept();
    }
  return outcome;
}

/** A server's bytes. */
function ask(role: "publish" | "play", chunks: Iterable<Uint8Array>): Outcome {
  const url = parseRtmpUrl("rtmp://host/live/clean");
  if (url === null) throw new Error("expected an address");
  const session = new ClientSession({ url, role, program: "flvcast" });
  const outcome: Outcome = { kinds: [], messages: [], requests: [] };
  for (const chunk of chunks)
    for (const event of session.push(chunk)) {
      if (event.kind === "message") outcome.messages.push(event.message);
      else outcome.kinds.push(event.kind);
    }
  return outcome;
}

/** Frames, without settings, ends and metadata: what every publisher leaves as it is. */
function frames(messages: readonly FlvMessage[], offsetMs = 0): string[] {
  return messages
    .filter(({ type, body }) => type !== TagType.script && body[1] === 1) // NALU (E.4.3.1), AAC raw (E.4.2.2)
    .map(({ type, timestampMs, body }) => `${type} at ${timestampMs - offsetMs}: ${md5(body)}`);
}

/** Those of the file that was published. */
function framesOf(file: string, untilMs: number): string[] {
  const tags = new FlvDemuxer().push(fixture(`flv/${file}`));
  return frames(tags.filter((event) => event.kind === "tag").filter((tag) => tag.timestampMs < untilMs));
}

function recorded(name: string): Uint8Array {
  return fixture(`rtmp/${name}.rtmp`);
}

/** A publisher's bytes up to its request, and those that it sent once that was answered; all of a server's. */
function turns(data: Uint8Array): readonly Uint8Array[] {
  const session = new ServerSession();
  const at = data.findIndex((_, index) => session.push(data.subarray(index, index + 1)).length > 0) + 1;
  return [data.subarray(0, at), data.subarray(at)];
}

const librtmp = "";
const publishers: readonly [name: string, program: string][] = [
  ["ffmpeg-5.1", "FMLE/3.0 (compatible; Lavf59.27.100)"],
  ["ffmpeg-7.1", "FMLE/3.0 (compatible; Lavf61.7.103)"],
  ["ffmpeg-9.0", "FMLE/3.0 (compatible; Lavf63.1.102)"],
  ["rtmpsink", librtmp],
  ["rtmp2sink", "LNX 10,0,32,18"],
];

describe("a recorded publisher", () => {
  it.each(publishers)("%s is heard, every frame as it is in its file", (name, program) => {
    const { kinds, messages, requests } = serve(turns(recorded(name)));
    expect(kinds).toEqual(["publish", "unpublish"]);
    expect(requests).toEqual([{ app: "live", name, program, key: "SECRET" }]);
    expect(frames(messages)).toEqual(framesOf("clean.flv", 1000));
    expect(frames(messages)).toHaveLength(69);
  });

  it("that passes 2^24 ms in chunks of 128 bytes, too, B-frames and all", () => {
    const { messages } = serve(turns(recorded("ffmpeg-late")));
    // Its first picture is at 16,776.8 s less the delay of its B-frames.
    expect(frames(messages, 16_776_720)).toEqual(framesOf("b-frames.flv", 1041));
    expect(frames(messages)).toHaveLength(27);
  });
});

describe("a recorded server", () => {
  it.each([
    ["nginx-rtmp", ["ready", "ended"]],
    ["nginx-flv", ["ready", "ended"]],
    ["srs", ["ready"]],
  ])("%s is played, every frame as it was published", (name, expected) => {
    const { kinds, messages } = ask("play", [recorded(`${name}-play`)]);
    expect(kinds).toEqual(expected);
    expect(frames(messages)).toEqual(framesOf("clean.flv", 800));
    expect(frames(messages)).toHaveLength(55);
  });

  it.each(["nginx-rtmp", "nginx-flv", "srs"])("%s takes what is published", (name) => {
    expect(ask("publish", [recorded(`${name}-publish`)])).toEqual({
      kinds: ["ready"],
      messages: [],
      requests: [],
    });
  });
});

describe("what was recorded", () => {
  const all = [
    ...[...publishers.map(([name]) => name), "ffmpeg-late"].map(
      (name) => [name, serve, turns(recorded(name))] as const,
    ),
    ...["nginx-rtmp-play", "nginx-flv-play", "srs-play"].map(
      (name) => [name, (chunks: Iterable<Uint8Array>) => ask("play", chunks), [recorded(name)]] as const,
    ),
  ];

  it.each(all)("by %s says the same in pieces of any size", (_, run, parts) => {
    const whole = run(parts);
    for (const sizes of [[1], [2], [3, 5, 7], [13], [127], [128], [129], [1460], [1, 4096]])
      expect(isSame(run(parts.flatMap((part) => [...inPieces(part, sizes)])), whole)).toBe(true);
  });

  it.each(all.filter(([name]) => ["ffmpeg-late", "rtmpsink", "srs-play"].includes(name)))(
    "by %s says the same cut in two at any of 9,000 bytes behind the handshake",
    (_, run, parts) => {
      const whole = run(parts);
      const wrong: number[] = [];
      const firstBytes = parts.length === 1 ? 0 : (parts[0]?.length ?? 0);
      for (let at = 3072; at < 3072 + 9000; at++) {
        const inSecond = Math.max(0, at - firstBytes);
        const cut = parts.flatMap((part, index) => {
          const where = index === 0 ? at : inSecond;
          return [part.subarray(0, where), part.subarray(where)];
        });
        if (!isSame(run(cut), whole)) wrong.push(at);
      }
      expect(wrong).toEqual([]);
    },
  );
});

function isSame(one: Outcome, other: Outcome): boolean {
  return (
    JSON.stringify([one.kinds, one.requests]) === JSON.stringify([other.kinds, other.requests]) &&
    one.messages.length === other.messages.length &&
    one.messages.every((message, index) => {
      const like = other.messages[index];
      if (like?.type !== message.type || like.timestampMs !== message.timestampMs) return false;
      return Buffer.compare(message.body, like.body) === 0;
    })
  );
}
