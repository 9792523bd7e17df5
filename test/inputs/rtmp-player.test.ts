import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { release, type Source } from "../../src/devices/source.ts";
import type { OpeningOptions } from "../../src/inputs/message-source.ts";
import { openRtmp } from "../../src/inputs/rtmp-player.ts";
import type { Amf0Property } from "../../src/media/flv/amf0.ts";
import { frameMessage } from "../../src/media/rtmp/chunk-writer.ts";
import { type Command, decodeCommand, object } from "../../src/media/rtmp/command.ts";
import { Connection } from "../../src/media/rtmp/connection.ts";
import { MessageType } from "../../src/media/rtmp/message.ts";
import { messagesOf } from "../media/flv/messages.ts";

afterEach(() => vi.useRealTimers());

const limits = { maxMessageBytes: 1 << 20, maxPartialBytes: 1 << 20 };

type Answer = (command: Command, connection: Connection, socket: Socket) => void;

/** A server of RTMP that answers commands as it is told; its address. */
async function serve(answer: Answer): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const connection = new Connection("server", limits);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      for (const { type, body } of connection.push(chunk))
        if (type === MessageType.commandAmf0) answer(decodeCommand(body), connection, socket);
      const output = connection.takeOutput();
      if (output !== null) socket.write(output);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
}

const status = (...properties: readonly Amf0Property[]): Command => ({
  name: "onStatus",
  transactionId: 0,
  values: [null, object(...properties)],
});
const NOT_FOUND = status(
  ["level", "error"],
  ["code", "NetStream.Play.StreamNotFound"],
  ["description", "no stream cam?key=secret"],
);

/** Plays the recording, and then does this. */
const playing =
  (andThen: (connection: Connection, socket: Socket) => void = () => undefined): Answer =>
  ({ name, transactionId }, connection, socket) => {
    if (name === "connect") {
      connection.announce();
      connection.command({ name: "_result", transactionId, values: [null, object()] });
    }
    if (name === "createStream") connection.command({ name: "_result", transactionId, values: [null, 1] });
    if (name !== "play") return;
    connection.command(status(["level", "status"], ["code", "NetStream.Play.Start"]), 1);
    socket.write(connection.takeOutput() ?? "");
    for (const message of messagesOf("clean.flv")) socket.write(frameMessage(message, 1));
    andThen(connection, socket);
  };

const options: OpeningOptions = {
  ...{ label: "cam", wanted: { video: true, audio: true }, passes: "universal", timeoutMs: 5000 },
};

async function open(url: string): Promise<Source> {
  const source = await openRtmp(url, options);
  onTestFinished(() => release(source));
  return source;
}

/** The times of all that comes, until there are so many, or it ends. */
async function received(source: Source, count: number) {
  const timesMs: number[] = [];
  const end = await new Promise<string | null>((resolve) => {
    source.messages?.receive({
      onMessages: (messages) => {
        timesMs.push(...messages.map(({ timestampMs }) => timestampMs));
        if (timesMs.length >= count) resolve(null);
      },
      onEnd: (failure) => resolve(failure?.message ?? "an end"),
    });
  });
  return { timesMs, end };
}

/** Sends its players elsewhere. */
const rejected =
  (url: string): Answer =>
  (command, connection) => {
    if (command.name !== "connect") return;
    const ex: Amf0Property = ["ex", object(["code", 302], ["redirect", url])];
    const info = object(["level", "error"], ["code", "NetConnection.Connect.Rejected"], ex);
    connection.command({ name: "_error", transactionId: command.transactionId, values: [null, info] });
  };

describe("a stream over RTMP", () => {
  it("is read with its tracks, from its first message on", async () => {
    const source = await open(`rtmp://${await serve(playing())}/live/cam?key=secret`);
    expect(source).toMatchObject({
      label: "cam",
      clock: "live",
      video: { codec: "h264" },
      audio: { codec: "aac" },
    });
    const expected = messagesOf("clean.flv").map(({ timestampMs }) => timestampMs);
    expect((await received(source, expected.length)).timesMs).toEqual(expected);
  });

  it("ends with its publisher, and with its connection", async () => {
    const left = await serve(
      playing((connection) =>
        connection.command(status(["level", "status"], ["code", "NetStream.Play.UnpublishNotify"]), 1),
      ),
    );
    expect((await received(await open(`rtmp://${left}/live/cam`), Infinity)).end).toBe("cam has ended");
    const broken = await serve(playing((_, socket) => void setTimeout(() => socket.resetAndDestroy(), 50)));
    expect((await received(await open(`rtmp://${broken}/live/cam`), Infinity)).end).toContain(
      "cam: connection reset",
    );
  });

  it("that the server refuses fails with its words, and without the key", async () => {
    const address = await serve((command, connection, socket) => {
      if (command.name === "play") connection.command(NOT_FOUND, 1);
      else playing()(command, connection, socket);
    });
    const failure = await open(`rtmp://${address}/live/cam?key=secret`).catch((error: Error) => error);
    expect(failure).toMatchObject({
      ...{
        reason: "deviceAbsent",
        message: expect.stringContaining("NetStream.Play.StreamNotFound") as string,
      },
    });
    expect(failure).toHaveProperty("message", expect.not.stringContaining("secret"));
  });

  it("is looked for where the server sends its players, a few times", async () => {
    const target = await serve(playing());
    const first = await serve(rejected(`rtmp://${target}/live`));
    await open(`rtmp://${first}/live/cam`);
    let own = "";
    let asked = 0;
    const circle = await serve((command, connection, socket) => {
      if (command.name === "connect") asked += 1;
      rejected(own)(command, connection, socket);
    });
    own = `rtmp://${circle}/live`;
    await expect(open(`${own}/cam`)).rejects.toMatchObject({ reason: "deviceAbsent" });
    expect(asked).toBe(4);
  });

  it.each([
    ["rtmp://127.0.0.1:1/live/cam", "deviceAbsent", "cam: connection refused"],
    ["rtmp://127.0.0.1/cam", "usage", "expected rtmp://HOST/APP/NAME"],
  ])("of %s fails as %s", async (url, reason, text) => {
    await expect(open(url)).rejects.toMatchObject({
      reason,
      message: expect.stringContaining(text) as string,
    });
  });

  it("of a server that speaks something else fails", async () => {
    const server = createServer((socket) =>
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n".padEnd(4000)),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo; // it listens on a port
    await expect(open(`rtmp://127.0.0.1:${port}/live/cam`)).rejects.toMatchObject({ reason: "brokenInput" });
  });
});

it("a server that says nothing to TLS is found out in 5 s", async () => {
  const server = createServer((socket) => void socket.on("error", () => undefined));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const failure = openRtmp(`rtmps://127.0.0.1:${port}/live/door`, {
    ...{ label: "door", wanted: { video: true, audio: true }, passes: "universal", timeoutMs: 60_000 },
  }).catch((error: unknown) => String(error));
  const [socket] = (await once(server, "connection")) as [Socket];
  await once(socket, "readable");
  vi.advanceTimersByTime(5000);
  expect(await failure).toContain("no answer to TLS within 5 s");
});
