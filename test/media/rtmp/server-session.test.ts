import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { type Amf0Property, encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { encodeTag } from "../../../src/media/flv/tag.ts";
import { encodeCommand, object } from "../../../src/media/rtmp/command.ts";
import { type ServerEvent, ServerSession } from "../../../src/media/rtmp/server-session.ts";
import { bytes } from "../fixture.ts";
import { command, handshake, message, said, shown } from "./wire.ts";

const mebibyte = 1024 * 1024;

function connect(...properties: readonly Amf0Property[]): Uint8Array {
  return command("connect", 1, object(["app", "live"], ...properties));
}

function publish(name: string): Uint8Array {
  return command("publish", 5, null, name, "live");
}

/** After the handshake and these messages. */
function serve(...messages: readonly Uint8Array[]) {
  const session = new ServerSession();
  session.push(handshake);
  session.takeOutput();
  return { session, events: session.push(Buffer.concat(messages)) };
}

function publishing(...messages: readonly Uint8Array[]): ServerSession {
  const { session } = serve(connect(), publish("cam"));
  session.accept();
  session.takeOutput();
  for (const one of messages) session.push(one);
  return session;
}

function answers(session: ServerSession): unknown[] {
  return shown(said(session.takeOutput()));
}

function status(level: string, code: string, description: string): unknown[] {
  return ["onStatus", 0, null, object(["level", level], ["code", code], ["description", description])];
}

/** The answer to `connect`. */
const told = (...properties: readonly Amf0Property[]) =>
  answers(serve(connect(...properties)).session).at(-1);

function request(events: readonly ServerEvent[]) {
  const [event] = events;
  if (event?.kind !== "publish") throw new Error(`expected a request to publish, got ${event?.kind}`);
  return event.request;
}

function bodies(events: readonly ServerEvent[]): string[] {
  return events.map((event) =>
    event.kind === "message" ? Buffer.from(event.message.body).toString("hex") : event.kind,
  );
}

function video(bodyBytes: number): Uint8Array {
  return message(9, new Uint8Array(bodyBytes));
}

/** The beginnings of so many messages: of each 1 MiB but for its last byte. */
function beginnings(count: number): Uint8Array {
  return Buffer.concat([
    message(1, bytes("000fffff"), { chunkStream: 2 }),
    ...Array.from({ length: count }, (_, index) =>
      Buffer.concat([
        Uint8Array.of(4 + index, 0, 0, 0, 0x10, 0, 0, 9, 1, 0, 0, 0),
        new Uint8Array(mebibyte - 1),
      ]),
    ),
  ]);
}

describe("a server", () => {
  it("answers connect with its window, the bandwidth, its chunk size and the result (7.2.1.1), and offers no FourCC", () => {
    const { session, events } = serve(connect());
    expect(events).toEqual([]);
    expect(answers(session)).toEqual([
      [5, "002625a0"],
      [6, "002625a002"],
      [
        "_result",
        1,
        object(["fmsVer", "FMS/3,0,1,123"], ["capabilities", 31]),
        object(
          ["level", "status"],
          ["code", "NetConnection.Connect.Success"],
          ["description", "Connected"],
          ["objectEncoding", 0],
        ),
      ],
    ]);
  });

  it("answers at once what publishers ask before they publish", () => {
    const { session } = serve(
      command("releaseStream", 2, null, "cam"),
      command("FCPublish", 3, null, "cam"),
      command("createStream", 4, null),
      command("createStream", 5, null),
      command("_checkbw", 6, null),
      command("getStreamLength", 7, null, "cam"),
    );
    expect(answers(session)).toEqual([
      ["_result", 2, null, null],
      ["_result", 3, null, null],
      ["_result", 4, null, 1],
      ["_result", 5, null, 2],
      ["_result", 6, null, null],
      ["_result", 7, null, 0],
    ]);
  });

  it("ignores commands that it does not know, with a transaction id or without", () => {
    const { session, events } = serve(command("setPlaybackRate", 2, 1), command("_result", 0, null));
    expect(events).toEqual([]);
    expect(answers(session)).toEqual([]);
  });

  it("takes commands as AMF 3 has them: behind a 0", () => {
    const body = encodeCommand({ name: "createStream", transactionId: 4, values: [null] });
    const { session } = serve(message(17, Buffer.concat([Uint8Array.of(0), body])), message(17, body));
    expect(answers(session)).toEqual([
      ["_result", 4, null, 1],
      ["_result", 4, null, 2],
    ]);
  });

  it.each(["play", "play2"])("says to who asks to %s that it is no server for that", (name) => {
    const { session, events } = serve(connect(), command(name, 5, null, "cam"));
    expect(events).toEqual([]);
    expect(answers(session).slice(3)).toEqual([
      status("error", "NetStream.Play.Failed", "This server does not play over RTMP, but over HTTP-FLV"),
    ]);
  });

  it("tells a client of Enhanced RTMP which codecs it carries, and no other client", () => {
    const info = object(
      ["level", "status"],
      ["code", "NetConnection.Connect.Success"],
      ["description", "Connected"],
      ["objectEncoding", 0],
    );
    const plain = [
      ["fmsVer", "FMS/3,0,1,123"],
      ["capabilities", 31],
    ] as const;
    expect(told()).toEqual(["_result", 1, object(...plain), info]);
    const server = object(
      ...plain,
      ["videoFourCcInfoMap", object(["avc1", 4], ["hvc1", 4], ["av01", 4])],
      ["audioFourCcInfoMap", object(["mp4a", 4], ["Opus", 4], [".mp3", 4])],
    );
    const enhanced = ["_result", 1, server, info];
    expect(told(["fourCcList", ["av01", "hvc1"]])).toEqual(enhanced);
    expect(told(["videoFourCcInfoMap", object(["*", 1])])).toEqual(enhanced);
  });

  it("asks for a sign of life with a ping", () => {
    const session = publishing();
    session.ping(0x1234_5678);
    expect(answers(session)).toEqual([[4, "000612345678"]]);
  });

  it("refuses to be an HTTP server", () => {
    expect(() => new ServerSession().push(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toThrow(CorruptInputError);
  });
});

describe("a publisher's request", () => {
  it("has the application, the name, the program, and the parameters of all three places", () => {
    const { events } = serve(
      connect(["flashVer", "FMLE/3.0 (compatible; Lavf59)"], ["tcUrl", "rtmp://host/live?user=c&d=4"]),
      publish("cam?key=SECRET&user=a"),
    );
    const { app, name, program, parameters } = request(events);
    expect({ app, name, program }).toEqual({
      app: "live",
      name: "cam",
      program: "FMLE/3.0 (compatible; Lavf59)",
    });
    expect([...parameters]).toEqual([
      ["key", "SECRET"],
      ["user", "a"],
      ["user", "c"],
      ["d", "4"],
    ]);
    expect(parameters.get("user")).toBe("a");
  });

  it("has the application's query, too, before that of tcUrl", () => {
    const app = command("connect", 1, object(["app", "live/?user=b"], ["tcUrl", "rtmp://host/live?user=c"]));
    const { app: name, parameters } = request(serve(app, publish("cam")).events);
    expect(name).toBe("live");
    expect(parameters.getAll("user")).toEqual(["b", "c"]);
  });

  it("has no program where it does not say, and at most 100 characters of it, all of them printable", () => {
    expect(request(serve(connect(), publish("cam")).events).program).toBe("");
    const long = connect(["flashVer", `\u001b[2J${"x".repeat(200)}`]);
    expect(request(serve(long, publish("cam")).events).program).toBe(`[2J${"x".repeat(97)}`);
  });

  it("may come without connect, and then has no application", () => {
    expect(request(serve(publish("cam")).events)).toMatchObject({ app: "", name: "cam", program: "" });
  });

  it.each([
    ["no name", command("publish", 5, null)],
    ["an empty one", publish("")],
    ["a number for one", command("publish", 5, null, 5)],
  ])("is refused with %s", (_, asked) => {
    const { session, events } = serve(asked);
    expect(events).toEqual([]);
    expect(answers(session)).toEqual([
      status("error", "NetStream.Publish.BadName", "A stream name is missing"),
    ]);
  });

  it("is answered on its message stream: StreamBegin and Publish.Start", () => {
    const { session } = serve(publish("cam"));
    session.accept();
    const messages = said(session.takeOutput());
    expect(shown(messages)).toEqual([
      [4, "000000000001"],
      status("status", "NetStream.Publish.Start", "Publishing"),
    ]);
    expect(messages.map(({ streamId }) => streamId)).toEqual([0, 1]);
  });

  it("is refused with words", () => {
    const { session } = serve(publish("cam"));
    session.refuse("NetStream.Publish.BadName", "Somebody else publishes it");
    expect(answers(session)).toEqual([
      status("error", "NetStream.Publish.BadName", "Somebody else publishes it"),
    ]);
    expect(session.push(message(9, bytes("2701")))).toEqual([]);
  });

  it("that was accepted may be refused later", () => {
    const session = publishing();
    session.refuse("NetStream.Publish.BadName", "Somebody else took over");
    expect(answers(session)).toEqual([
      status("error", "NetStream.Publish.BadName", "Somebody else took over"),
    ]);
    expect(session.push(message(9, bytes("2701")))).toEqual([]);
  });

  it("is one a connection: a second is refused, and the first goes on", () => {
    const session = publishing();
    expect(session.push(publish("other"))).toEqual([]);
    expect(answers(session)).toEqual([
      status("error", "NetStream.Publish.BadName", "This connection publishes already"),
    ]);
    expect(bodies(session.push(message(9, bytes("2701"))))).toEqual(["2701"]);
  });
});

describe("a publisher's media", () => {
  it("come as they are, whatever their message stream; what is none is left out", () => {
    const session = publishing();
    const metadata = encodeAmf0("@setDataFrame", "onMetaData", object(["width", 96]));
    const events = session.push(
      Buffer.concat([
        message(18, metadata, { streamId: 1, timestampMs: 1 }),
        message(8, bytes("af01"), { streamId: 0, timestampMs: 2 }),
        message(9, bytes("2701"), { streamId: 1, timestampMs: 3 }),
        message(8, bytes("")),
        message(16, bytes("aa")),
      ]),
    );
    expect(
      events.map((event) => event.kind === "message" && [event.message.type, event.message.timestampMs]),
    ).toEqual([
      [18, 1],
      [8, 2],
      [9, 3],
    ]);
    expect(bodies(events)[0]).toBe(
      Buffer.from(encodeAmf0("onMetaData", object(["width", 96]))).toString("hex"),
    );
  });

  it("before a request are ignored", () => {
    expect(serve(connect(), message(9, bytes("2701"))).events).toEqual([]);
  });

  it("before the answer to it come once it is accepted, in order", () => {
    const { session, events } = serve(publish("cam"), message(9, bytes("2701")), message(8, bytes("af01")));
    expect(bodies(events)).toEqual(["publish"]);
    expect(bodies(session.push(message(9, bytes("2702"))))).toEqual([]);
    session.accept();
    expect(bodies(session.push(message(9, bytes("2703"))))).toEqual(["2701", "af01", "2702", "2703"]);
    expect(bodies(session.push(message(9, bytes("2704"))))).toEqual(["2704"]);
  });

  it("before the answer may be 1 MiB, and no more", () => {
    const { session } = serve(publish("cam"), message(9, new Uint8Array(mebibyte)));
    expect(() => session.push(message(9, bytes("27")))).toThrow(
      new CorruptInputError("RTMP: more than 1048576 bytes before the answer to publish"),
    );
  });

  it("before the answer may be 1024 small messages, and no more", () => {
    const { session } = serve(publish("cam"), ...Array.from({ length: 1024 }, () => video(1)));
    expect(() => session.push(video(1))).toThrow("more than 1048576 bytes before the answer to publish");
  });

  it("before the answer are copies, so that they keep nothing else in memory", () => {
    const { session } = serve(publish("cam"));
    const read = new Uint8Array(Buffer.concat([video(2), new Uint8Array(1)]));
    session.push(read.subarray(0, -1));
    session.accept();
    const [event] = session.push(new Uint8Array(0));
    expect(event?.kind === "message" && event.message.body.buffer.byteLength).toBe(2);
  });

  it("may be 8 MiB a message, where a stranger's message is 1 MiB", () => {
    expect(() => serve(video(mebibyte))).not.toThrow();
    expect(() => serve(video(mebibyte + 1))).toThrow("a message of 1048577 bytes, expected at most 1048576");
    expect(publishing().push(video(8 * mebibyte))).toHaveLength(1);
    expect(() => publishing().push(video(8 * mebibyte + 1))).toThrow(
      "a message of 8388609 bytes, expected at most 8388608",
    );
  });

  it("may be an aggregate message of more tags than a call may have arguments", () => {
    const tags = Buffer.concat(Array<Uint8Array>(200_000).fill(encodeTag(9, 0, [bytes("27")])));
    expect(publishing().push(message(22, tags))).toHaveLength(200_000);
  });

  it("unfinished may be 16 MiB together, where those of a stranger are 1 MiB", () => {
    expect(() => serve(beginnings(1))).not.toThrow();
    expect(() => serve(beginnings(2))).toThrow(
      "2097150 bytes of unfinished messages, expected at most 1048576",
    );
    expect(() => publishing(beginnings(16))).not.toThrow();
    expect(() => publishing(beginnings(17))).toThrow(
      "bytes of unfinished messages, expected at most 16777216",
    );
  });
});

describe("a publisher that leaves", () => {
  it.each([
    ["FCUnpublish", command("FCUnpublish", 6, null, "cam")],
    ["closeStream", command("closeStream", 0, null)],
    ["deleteStream", command("deleteStream", 7, null, 1)],
  ])("in order by %s has ended, once", (_, leave) => {
    const session = publishing();
    const events = session.push(
      Buffer.concat([message(9, bytes("2701")), leave, leave, message(9, bytes("2702"))]),
    );
    expect(bodies(events)).toEqual(["2701", "unpublish"]);
    expect(answers(session)).toEqual([status("status", "NetStream.Unpublish.Success", "Unpublished")]);
  });

  it("may ask again in the same connection", () => {
    const session = publishing(command("FCUnpublish", 6, null, "cam"));
    expect(request(session.push(publish("other"))).name).toBe("other");
    session.accept();
    expect(bodies(session.push(message(9, bytes("2701"))))).toEqual(["2701"]);
  });

  it("before it was accepted has left nothing behind", () => {
    const { session, events } = serve(
      publish("cam"),
      message(9, bytes("2701")),
      command("deleteStream", 7, null, 1),
    );
    expect(bodies(events)).toEqual(["publish", "unpublish"]);
    session.takeOutput();
    session.accept();
    expect(answers(session)).toEqual([]);
    session.push(publish("other"));
    session.accept();
    expect(bodies(session.push(message(9, bytes("2702"))))).toEqual(["2702"]);
  });
});
