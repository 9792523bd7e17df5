#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { playRecording } from "./recording.js";

/**
 * Publishes the FLV recording that FLVCAST_BENCH_FEED names (recording.js) over RTMP, without ffmpeg's interleaving:
 *
 *   publisher.js rtmp://127.0.0.1:PORT/APP/KEY
 *
 * Says "publishing" on stdout once the first key frame is sent, and ends after the last piece. Sections are those of
 * Adobe's RTMP 1.0 specification.
 */

const HANDSHAKE_BYTES = 1536;
const OUT_CHUNK_BYTES = 65_536;
/** Message types (5.4, 7.1). */
const SET_CHUNK_SIZE = 1;
const DATA = 18;
const COMMAND = 20;
/** Bytes of the message header, by the chunk's fmt (5.3.1.2). */
const HEADER_BYTES = [11, 7, 3, 0];
/** FLV: bytes around a tag's body, and the types of tags, which are those of messages. */
const TAG_HEADER_BYTES = 11;
const TAG_END_BYTES = 4;
const VIDEO = 9;

const url = new URL(process.argv[2] ?? "");
const [, app = "", key = ""] = /^\/([^/]+)\/(.+)$/.exec(url.pathname + url.search) ?? [];
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));

const socket = connect(Number(url.port || 1935), url.hostname).setNoDelay();
socket.on("close", () => fail("the server closed the connection"));
socket.on("error", (error) => fail(error.message));

/** @param {string} reason @returns {never} */
function fail(reason) {
  console.error(`publisher: ${url.host}: ${reason}`);
  process.exit(1);
}

/** What has come and is not read yet. */
let arrived = Buffer.alloc(0);

/** @param {number} count */
async function take(count) {
  while (arrived.length < count) {
    const chunk = socket.read();
    if (chunk === null) await once(socket, "readable");
    else arrived = Buffer.concat([arrived, chunk]);
  }
  const bytes = arrived.subarray(0, count);
  arrived = arrived.subarray(count);
  return bytes;
}

/** Of each chunk stream, the message that is coming in. @type {Map<number, { length: number, type: number, body: Buffer }>} */
const incoming = new Map();
let inChunkBytes = 128;

/** The next command (5.3): the server sends none of those few messages with an extended timestamp. */
async function nextCommand() {
  for (;;) {
    const basic = (await take(1)).readUInt8();
    const header = await take(HEADER_BYTES[basic >> 6] ?? 0);
    const message = incoming.get(basic & 0x3f) ?? { length: 0, type: 0, body: Buffer.alloc(0) };
    incoming.set(basic & 0x3f, message);
    if (header.length >= 7) [message.length, message.type] = [header.readUIntBE(3, 3), header.readUInt8(6)];
    const piece = await take(Math.min(inChunkBytes, message.length - message.body.length));
    message.body = Buffer.concat([message.body, piece]);
    if (message.body.length < message.length) continue;
    const { type, body } = message;
    message.body = Buffer.alloc(0);
    if (type === SET_CHUNK_SIZE) inChunkBytes = body.readUInt32BE();
    if (type === COMMAND) return body;
  }
}

/** Waits for a command that begins so and has this in it. @param {string} name @param {string} [content] */
async function expectCommand(name, content = "") {
  for (;;) {
    const body = await nextCommand();
    const text = body.toString("latin1");
    if (text.startsWith(name, 3) && text.includes(content)) return body;
    if (/_error|NetStream\.Publish\.(?!Start)/.test(text)) fail(text.replaceAll(/[^ -~]+/g, " "));
  }
}

/** AMF 0 of a text, a number, null, or an object of texts. @param {string | number | null | Record<string, string>} value @returns {Buffer} */
function amf(value) {
  if (value === null) return Buffer.of(5);
  if (typeof value === "string") return Buffer.concat([Buffer.of(2), shortText(value)]);
  if (typeof value === "number") {
    const number = Buffer.alloc(9);
    number.writeDoubleBE(value, 1);
    return number;
  }
  const properties = Object.entries(value).flatMap(([name, text]) => [shortText(name), amf(text)]);
  return Buffer.concat([Buffer.of(3), ...properties, Buffer.of(0, 0, 9)]);
}

/** @param {string} text */
function shortText(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

/** @param {{ type: number, timestampMs?: number, streamId?: number, chunkBytes?: number }} header @param {Buffer} body */
function chunks({ type, timestampMs = 0, streamId = 0, chunkBytes = OUT_CHUNK_BYTES }, body) {
  const chunkStream = type === VIDEO ? 6 : type < 8 ? 2 : type === COMMAND ? 3 : 4;
  const isExtended = timestampMs >= 0xff_ffff;
  const extended = Buffer.alloc(isExtended ? 4 : 0);
  if (isExtended) extended.writeUInt32BE(timestampMs);
  const header = Buffer.alloc(12);
  header.writeUInt8(chunkStream);
  header.writeUIntBE(isExtended ? 0xff_ffff : timestampMs, 1, 3);
  header.writeUIntBE(body.length, 4, 3);
  header.writeUInt8(type, 7);
  header.writeUInt32LE(streamId, 8);
  const parts = [header, extended, body.subarray(0, chunkBytes)];
  for (let at = chunkBytes; at < body.length; at += chunkBytes)
    parts.push(Buffer.of(0xc0 | chunkStream), extended, body.subarray(at, at + chunkBytes));
  return Buffer.concat(parts);
}

/** @param {Parameters<typeof amf>[0][]} values @param {number} [streamId] */
function command(values, streamId = 0) {
  socket.write(chunks({ type: COMMAND, streamId }, Buffer.concat(values.map(amf))));
}

async function beginPublishing() {
  await once(socket, "connect");
  socket.write(Buffer.concat([Buffer.of(3), Buffer.alloc(8), randomBytes(HANDSHAKE_BYTES - 8)]));
  socket.write((await take(1 + HANDSHAKE_BYTES)).subarray(1));
  await take(HANDSHAKE_BYTES);
  const chunkSize = Buffer.alloc(4);
  chunkSize.writeUInt32BE(OUT_CHUNK_BYTES);
  socket.write(chunks({ type: SET_CHUNK_SIZE }, chunkSize));
  command(["connect", 1, { app, type: "nonprivate", tcUrl: `rtmp://${url.host}/${app}` }]);
  await expectCommand("_result");
  command(["createStream", 2, null]);
  const streamId = (await expectCommand("_result")).readDoubleBE(3 + "_result".length + 9 + 1 + 1);
  command(["publish", 3, null, key, "live"], streamId);
  await expectCommand("onStatus", "NetStream.Publish.Start");
  socket.resume(); // acknowledgements and pings
  return streamId;
}

const streamId = await beginPublishing();
let isKeyFrameSent = false;
await playRecording(process.env["FLVCAST_BENCH_FEED"] ?? "", async (_, bytes) => {
  if (bytes.toString("latin1", 0, 3) === "FLV") return;
  const type = bytes.readUInt8();
  const timestampMs = bytes.readUIntBE(4, 3) + bytes.readUInt8(7) * 2 ** 24;
  const body = bytes.subarray(TAG_HEADER_BYTES, bytes.length - TAG_END_BYTES);
  const isTaken = socket.write(
    chunks(
      { type, timestampMs, streamId },
      type === DATA ? Buffer.concat([amf("@setDataFrame"), body]) : body,
    ),
  );
  if (type === VIDEO && body[1] === 1 && !isKeyFrameSent) {
    isKeyFrameSent = true;
    console.log("publishing");
  }
  if (!isTaken) await once(socket, "drain");
});
process.exit(0);
