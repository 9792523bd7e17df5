import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { type Amf0Property, encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { type ClientEvent, ClientSession } from "../../../src/media/rtmp/client-session.ts";
import { encodeCommand, object } from "../../../src/media/rtmp/command.ts";
import { parseRtmpUrl } from "../../../src/media/rtmp/url.ts";
import { bytes } from "../fixture.ts";
import { command, handshake, message, said, shown } from "./wire.ts";

const url = parseRtmpUrl("rtmp://host/live/cam?key=SECRET");
const connected = command(
  "_result",
  1,
  object(["fmsVer", "FMS"]),
  object(["code", "NetConnection.Connect.Success"]),
);
const created = command("_result", 4, null, 7);

function client(role: "publish" | "play", ...messages: readonly Uint8Array[]): ClientSession {
  if (url === null) throw new Error("expected an address");
  const session = new ClientSession({ url, role, program: "flvcast" });
  session.push(handshake);
  for (const one of messages) session.push(one);
  return session;
}

/** What the session says after the handshake. */
function asked(session: ClientSession): unknown[] {
  return shown(said(session.takeOutput(), 1537 + 1536));
}

function answered(session: ClientSession): unknown[] {
  return shown(said(session.takeOutput()));
}

function status(level: string, code: string, ...properties: readonly Amf0Property[]): Uint8Array {
  return command("onStatus", 0, null, object(["level", level], ["code", code], ...properties));
}

const publishStarted = status("status", "NetStream.Publish.Start");
const playStarted = status("status", "NetStream.Play.Start");

/** A session that has told all that went before, ready. */
function ready(role: "publish" | "play"): ClientSession {
  const session = client(role, connected, created, role === "publish" ? publishStarted : playStarted);
  session.takeOutput();
  return session;
}

function failed(transactionId: number): Uint8Array {
  return command("_error", transactionId, null, object(["code", "NetConnection.Call.Failed"]));
}

describe("a client that plays", () => {
  it("is ready by the first media, where the server does not say so, and by nothing else", () => {
    const session = client("play", connected, created);
    expect(session.push(message(16, bytes("00")))).toEqual([]); // a shared object
    expect(session.push(message(9, bytes("1700"))).map(({ kind }) => kind)).toEqual(["ready", "message"]);
  });
});

describe("a client", () => {
  const fourCcList = ["fourCcList", ["avc1", "hvc1", "av01", "mp4a", "Opus", ".mp3"]] as const;

  it("says C0 and C1 first, and connects once the handshake is done", () => {
    if (url === null) throw new Error("expected an address");
    const session = new ClientSession({ url, role: "publish", program: "flvcast" });
    expect(session.takeOutput()).toHaveLength(1537);
    session.push(handshake.subarray(0, 1537));
    expect(session.takeOutput()).toHaveLength(1536);
    session.push(handshake.subarray(1537, -1));
    expect(session.takeOutput()).toBeNull();
    session.push(handshake.subarray(-1));
    expect(answered(session)).toEqual([
      [
        "connect",
        1,
        object(
          ["app", "live"],
          ["type", "nonprivate"],
          ["flashVer", "flvcast"],
          ["tcUrl", "rtmp://host/live"],
          fourCcList,
        ),
      ],
    ]);
    expect(session.takeOutput()).toBeNull();
  });

  it.each([
    ["nothing", [], null],
    ["a list", [["fourCcList", ["avc1", "hvc1"]]], ["avc1", "hvc1"]],
    [
      "what it does with each",
      [
        ["videoFourCcInfoMap", object(["hvc1", 4])],
        ["audioFourCcInfoMap", object(["Opus", 4], ["mp4a", 4])],
      ],
      ["hvc1", "Opus", "mp4a"],
    ],
    ["all", [["videoFourCcInfoMap", object(["*", 1])]], ["*"]],
    ["nonsense", [["fourCcList", 7]], []],
  ] as const)("knows the codecs of a server that says of them: %s", (_, told, fourccs) => {
    const session = client("publish", command("_result", 1, object(["fmsVer", "FMS"], ...told), object()));
    expect(session.fourccs).toEqual(fourccs);
    const inInfo = client("publish", command("_result", 1, object(["fmsVer", "FMS"]), object(...told)));
    expect(inInfo.fourccs).toEqual(fourccs);
  });

  it("that publishes goes on with releaseStream, FCPublish and createStream, then publish (7.3.1)", () => {
    const session = client("publish");
    session.takeOutput();
    session.push(connected);
    expect(answered(session)).toEqual([
      [5, "00010000"],
      ["releaseStream", 2, null, "cam?key=SECRET"],
      ["FCPublish", 3, null, "cam?key=SECRET"],
      ["createStream", 4, null],
    ]);
    session.push(created);
    expect(session.streamId).toBe(7);
    const messages = said(session.takeOutput());
    expect(shown(messages)).toEqual([["publish", 5, null, "cam?key=SECRET", "live"]]);
    expect(messages[0]?.streamId).toBe(7);
    expect(session.push(publishStarted)).toEqual([{ kind: "ready" }]);
    expect(session.push(publishStarted)).toEqual([]);
  });

  it("that plays goes on with createStream, then play and SetBufferLength", () => {
    const session = client("play");
    expect(asked(session)).toEqual([
      [
        "connect",
        1,
        object(["app", "live"], ["flashVer", "flvcast"], ["tcUrl", "rtmp://host/live"], fourCcList),
      ],
    ]);
    session.push(connected);
    expect(answered(session)).toEqual([
      [5, "00010000"],
      ["createStream", 4, null],
    ]);
    session.push(created);
    expect(answered(session)).toEqual([
      ["play", 5, null, "cam?key=SECRET", -2],
      [4, "00030000000700000bb8"],
    ]);
    expect(session.push(status("status", "NetStream.Play.Reset"))).toEqual([]);
    expect(session.push(playStarted)).toEqual([{ kind: "ready" }]);
  });

  it("announces chunks of 65,536 bytes before what it publishes", () => {
    const session = client("publish");
    session.takeOutput();
    session.push(connected);
    const output = Buffer.from(session.takeOutput() ?? bytes(""));
    expect(output.toString("hex")).toContain("02000000000004010000000000010000");
  });

  it("does without what servers lack: releaseStream, FCPublish and _checkbw", () => {
    const session = client("publish", connected);
    for (const id of [0, 2, 3, 5]) expect(session.push(failed(id))).toEqual([]);
    session.push(created);
    expect(session.push(publishStarted)).toEqual([{ kind: "ready" }]);
  });

  it("asks for the bandwidth where a Flash Media Server waits for it", () => {
    const session = client("publish");
    session.takeOutput();
    session.push(command("onBWDone", 0, null));
    expect(answered(session)).toEqual([["_checkbw", 0, null]]);
  });

  it("takes commands as AMF 3 has them, and ignores others", () => {
    const body = encodeCommand({ name: "_result", transactionId: 4, values: [null, 3] });
    const session = client("play", connected, message(17, Buffer.concat([Uint8Array.of(0), body])));
    expect(session.streamId).toBe(3);
    expect(session.push(command("onFCSubscribe", 0, null))).toEqual([]);
    expect(session.push(command("onFCPublish", 1, null))).toEqual([]);
  });

  it("ends in order", () => {
    const publisher = ready("publish");
    publisher.end();
    expect(answered(publisher)).toEqual([
      ["FCUnpublish", 0, null, "cam?key=SECRET"],
      ["deleteStream", 0, null, 7],
    ]);
    const player = ready("play");
    player.end();
    expect(answered(player)).toEqual([["deleteStream", 0, null, 7]]);
  });

  it("has nothing to end before it is ready", () => {
    const session = client("publish", connected, created);
    session.takeOutput();
    session.end();
    expect(session.takeOutput()).toBeNull();
  });

  it.each([
    ["a text", "7"],
    ["null", null],
    ["-1", -1],
    ["2^32", 2 ** 32],
    ["1.5", 1.5],
    ["NaN", Number.NaN],
  ] as const)("takes no stream id that is %s", (_, id) => {
    const session = client("publish", connected);
    expect(() => session.push(command("_result", 4, null, id))).toThrow(
      new CorruptInputError("RTMP: createStream was answered without the id of a stream"),
    );
  });

  it("takes stream ids up to 2^32 - 1", () => {
    for (const id of [0, 2 ** 32 - 1])
      expect(client("publish", connected, command("_result", 4, null, id)).streamId).toBe(id);
  });
});

describe("a client is refused", () => {
  const info = object(
    ["level", "error"],
    ["code", "NetStream.Publish.BadName"],
    ["description", "Already\u001b[2J publishing"],
  );

  const refusals = [
    ["by connect", client("publish"), command("_error", 1, null, info)],
    ["by connect, with a result", client("publish"), command("_result", 1, null, info)],
    ["by createStream", client("publish", connected), command("_error", 4, null, info)],
    ["by publish", client("publish", connected, created), command("onStatus", 0, null, info)],
    ["later", ready("publish"), command("onStatus", 0, null, info)],
    ["when it plays", client("play", connected, created), command("onStatus", 0, null, info)],
  ] as const;
  it.each(refusals)("%s, with the server's code and words, made printable", (_, session, answer) => {
    expect(session.push(answer)).toEqual([
      {
        kind: "refused",
        code: "NetStream.Publish.BadName",
        description: "Already[2J publishing",
        redirect: null,
      },
    ]);
    expect(session.push(Buffer.concat([answer, publishStarted]))).toEqual([]);
  });

  it("with at most 200 characters", () => {
    const long = object(["level", "error"], ["code", "c".repeat(300)], ["description", "d".repeat(300)]);
    expect(client("publish").push(command("_error", 1, null, long))).toMatchObject([
      { code: "c".repeat(200), description: "d".repeat(200) },
    ]);
  });

  it("without words where the server has none", () => {
    const nothing = { kind: "refused", code: "", description: "", redirect: null };
    expect(client("publish").push(command("_error", 1))).toEqual([nothing]);
    expect(client("publish").push(command("_error", 1, null, "no"))).toEqual([nothing]);
  });

  it.each<[string, readonly Amf0Property[], string | null]>([
    [
      "a tcUrl (Flash Media Server)",
      [["redirect", "rtmp://other:1936/app"]],
      "rtmp://other:1936/app/cam?key=SECRET",
    ],
    ["one with a slash behind it", [["redirect", "rtmp://other/app/"]], "rtmp://other/app/cam?key=SECRET"],
    [
      "one that has the name",
      [["redirect", "rtmp://other/app/cam?key=SECRET"]],
      "rtmp://other/app/cam?key=SECRET",
    ],
    [
      "both (SRS)",
      [
        ["redirect", "rtmp://other/live"],
        ["redirect2", "rtmp://other/live/cam"],
      ],
      "rtmp://other/live/cam",
    ],
    ["no address of RTMP", [["redirect", "https://other/app"]], null],
    ["no text", [["redirect", 5]], null],
    ["nothing", [], null],
  ])("with a redirect to %s", (_, ex, redirect) => {
    const rejected = object(
      ["level", "error"],
      ["code", "NetConnection.Connect.Rejected"],
      ["ex", object(["code", 302], ...ex)],
    );
    const expected = [{ kind: "refused", code: "NetConnection.Connect.Rejected", description: "", redirect }];
    expect(client("publish").push(command("_error", 1, null, rejected))).toEqual(expected);
    expect(client("publish", connected).push(command("onStatus", 0, null, rejected))).toEqual(expected);
  });
});

describe("a client that plays", () => {
  const video = message(9, bytes("2701"), { streamId: 7, timestampMs: 5 });
  const played: ClientEvent = { kind: "message", message: { type: 9, timestampMs: 5, body: bytes("2701") } };

  it("gets sound, video and data", () => {
    const session = ready("play");
    const sent = [
      video,
      message(8, bytes("af01")),
      message(18, encodeAmf0("@setDataFrame", "onMetaData")),
      message(16, bytes("00")),
    ];
    const events = session.push(Buffer.concat(sent));
    expect(events[0]).toEqual(played);
    expect(events.map((event) => event.kind === "message" && event.message.type)).toEqual([9, 8, 18]);
  });

  it("is ready with the first of it where the server does not say so", () => {
    expect(client("play", connected, created).push(Buffer.concat([video, video, playStarted]))).toEqual([
      { kind: "ready" },
      played,
      played,
    ]);
  });

  it.each([
    ["NetStream.Play.Stop", status("status", "NetStream.Play.Stop")],
    ["NetStream.Play.UnpublishNotify", status("status", "NetStream.Play.UnpublishNotify")],
    ["StreamEOF", message(4, bytes("0001 00000007"))],
    ["StreamEOF without its stream", message(4, bytes("0001"))],
  ])("ends by %s, once, and gets nothing more", (_, end) => {
    expect(ready("play").push(Buffer.concat([end, end, video]))).toEqual([{ kind: "ended" }]);
  });

  it("does not end by other notices, nor before it began", () => {
    const session = client("play", connected, created);
    session.push(message(4, bytes("0001 00000007")));
    expect(session.push(playStarted)).toEqual([{ kind: "ready" }]);
    for (const notice of ["NetStream.Data.Start", "NetStream.Play.PublishNotify", "NetStream.Play.Start"])
      expect(session.push(status("status", notice))).toEqual([]);
    expect(session.push(message(4, bytes("0000 00000007")))).toEqual([]);
    expect(session.push(message(4, bytes("01")))).toEqual([]);
    expect(session.push(video)).toEqual([played]);
  });
});

describe("a client that publishes", () => {
  it("takes no media, and no end", () => {
    const session = ready("publish");
    expect(session.push(message(9, bytes("2701")))).toEqual([]);
    expect(session.push(message(4, bytes("0001 00000007")))).toEqual([]);
    expect(session.push(status("status", "NetStream.Unpublish.Success"))).toEqual([]);
  });
});
