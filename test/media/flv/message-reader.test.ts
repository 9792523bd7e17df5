import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlvDemuxer } from "../../../src/media/flv/demuxer.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import { readMessageBody } from "../../../src/media/flv/message-body.ts";
import { MessageReader, UnsupportedCodecError } from "../../../src/media/flv/message-reader.ts";
import { parseAvcc } from "../../../src/media/h264/avcc.ts";
import type { Packet, VideoFrame } from "../../../src/media/packet.ts";
import { fixture } from "../fixture.ts";
import { audio, messagesOf, video, withComposition } from "./messages.ts";

const both = { video: true, audio: true };

/** All packets of messages, whose sender's clock is the stream's. */
function read(messages: readonly FlvMessage[], wanted = both, reader = new MessageReader(wanted)): Packet[] {
  return messages.flatMap((message) => {
    const frame = reader.read(message);
    return frame === null ? [] : reader.packets(frame, frame.timeUs);
  });
}

const pictures = (packets: readonly Packet[]) =>
  packets.filter((packet): packet is VideoFrame => packet.kind === "video-frame");
const ofKind = (messages: readonly FlvMessage[], kind: string) =>
  messages.filter((message) => readMessageBody(message).kind === kind);
const kindsOf = (packets: readonly Packet[]) => packets.map(({ kind }) => kind);

const recorded = messagesOf("b-frames.flv");

/** When frames are decoded after the first, where the recording's clock began so much later. */
function decodeTimesUs(fromMs: number): readonly number[] {
  const moved = recorded.map((one) => ({ ...one, timestampMs: (one.timestampMs + fromMs) % 2 ** 32 }));
  const packets = pictures(read(moved));
  return packets.map(({ decodeTimeUs }) => decodeTimeUs - (packets[0]?.decodeTimeUs ?? 0));
}

describe("a recorded stream with B-frames", () => {
  it("keeps the decode and presentation times of each frame", () => {
    const expected = recorded.flatMap((message) => {
      const body = readMessageBody(message);
      return body.kind === "video-frame"
        ? [[message.timestampMs * 1000, (message.timestampMs + body.compositionTimeMs) * 1000]]
        : [];
    });
    const times = pictures(read(recorded)).map(({ decodeTimeUs, presentationTimeUs }) => [
      ...[decodeTimeUs, presentationTimeUs],
    ]);
    expect(times).toEqual(expected);
    expect(times.some(([decoded, shown]) => decoded !== shown)).toBe(true);
  });

  it("has its settings once, before the first key frame, however often they are sent", () => {
    const [header] = ofKind(recorded, "video-config");
    if (header === undefined) throw new Error("the recording has a sequence header");
    const repeated = recorded.flatMap((message) => [{ ...header, body: header.body.slice() }, message]);
    expect(read(repeated)).toEqual(read(recorded));
    const kinds = kindsOf(read(recorded, { video: true, audio: false }));
    expect(kinds.filter((kind) => kind === "video-config")).toHaveLength(1);
    expect(kinds.slice(0, 2)).toEqual(["video-config", "video-frame"]);
  });

  it.each([-8_388_608, -30_001, 30_001, 8_388_607])(
    "shows a frame of the composition time %i ms, which cannot be, when it is decoded, and all others as they say",
    (compositionMs) => {
      const at = 5;
      const broken = ofKind(recorded, "video-frame").map((message, index) =>
        index === at ? withComposition(message, compositionMs) : message,
      );
      const expected = pictures(read(recorded)).map((frame, index) =>
        index === at ? { ...frame, presentationTimeUs: frame.decodeTimeUs } : frame,
      );
      expect(pictures(read([...ofKind(recorded, "video-config"), ...broken]))).toEqual(expected);
    },
  );

  it("of negative composition times is decoded earlier as a whole: no frame is shown before, and all when they should be", () => {
    const frames = ofKind(recorded, "video-frame");
    const headers = ofKind(recorded, "video-config");
    const shifted = frames.map((message) => {
      const body = readMessageBody(message);
      return withComposition(message, (body.kind === "video-frame" ? body.compositionTimeMs : 0) - 100);
    });
    const reader = new MessageReader({ video: true, audio: false });
    const held = [...headers, ...shifted]
      .map((message) => reader.read(message))
      .filter((one) => one !== null);
    const before = pictures(read([...headers, ...frames]));
    const after = pictures(held.flatMap((frame) => reader.packets(frame, frame.timeUs)));
    expect(after).toHaveLength(before.length);
    expect(Math.min(...after.map((one) => one.presentationTimeUs - one.decodeTimeUs))).toBe(0);
    for (const [n, one] of after.entries())
      expect(one.presentationTimeUs).toBe((before[n]?.presentationTimeUs ?? 0) - 100_000);
  });

  it("goes on where its 32-bit timestamps begin again", () => {
    expect(decodeTimesUs(2 ** 32 - 200)).toEqual(decodeTimesUs(0));
  });

  it("is read the same with lengths of 2 bytes", () => {
    const short = recorded.map((message): FlvMessage => {
      const body = readMessageBody(message);
      if (body.kind === "video-config") {
        const changed = Uint8Array.from(message.body);
        changed[5 + 4] = 0b111111_01; // lengthSizeMinusOne
        return { ...message, body: changed };
      }
      if (body.kind !== "video-frame") return message;
      return { ...message, body: withShortLengths(message.body) };
    });
    expect(read(short)).toEqual(read(recorded));
  });
});

function withShortLengths(body: Uint8Array): Uint8Array {
  const parts: number[] = [...body.subarray(0, 5)];
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  for (let at = 5; at < body.length; ) {
    const unitBytes = view.getUint32(at);
    parts.push(unitBytes >> 8, unitBytes & 0xff, ...body.subarray(at + 4, at + 4 + unitBytes));
    at += 4 + unitBytes;
  }
  return Uint8Array.from(parts);
}

it("settings that change in mid-stream are sent before the key frame that needs them", () => {
  const other = messagesOf("clean.flv");
  const packets = read([...recorded, ...other], { video: true, audio: false });
  const sets = packets.flatMap((packet) => (packet.kind === "video-config" ? [packet.decoderConfig] : []));
  expect(sets).toHaveLength(2);
  const at = packets.findLastIndex(({ kind }) => kind === "video-config");
  expect(packets[at + 1]).toMatchObject({ kind: "video-frame", isKey: true });
  expect(sets.map((set) => parseAvcc(set).spsUnits.length)).toEqual([1, 1]);
});

it("settings that cannot be read are counted, and the former ones stay", () => {
  const reader = new MessageReader(both);
  const sent = read(recorded, both, reader).length;
  const [key] = ofKind(recorded, "video-frame");
  if (key === undefined) throw new Error("the recording has frames");
  expect(sent).toBeGreaterThan(20);
  const packets = read([video("17 00 000000 01 64"), video("17 00 000000 7f"), key], both, reader);
  expect(kindsOf(packets)).toEqual(["video-frame"]);
  expect(reader.drops("video").take()).toMatchObject({ damaged: 1 });
  read([audio("af 00 ff")], both, reader);
  expect(reader.drops("audio").take()).toMatchObject({ damaged: 1 });
  expect(reader.announced).toBeNull();
});

it("sound is announced by its header, and its frames follow", () => {
  const reader = new MessageReader(both);
  expect(reader.announced).toBeNull();
  expect(reader.read(audio("af 00 1190"))).toBeNull();
  expect(reader.announced).toMatchObject({ sampleRateHz: 48_000, channels: 2 });
  expect(kindsOf(read([audio("af 01 21", 20), audio("ae 01 21", 41)], both, reader))).toEqual([
    ...["audio-config", "audio-frame", "audio-frame"],
  ]);
});

it("a track that nobody wants is left out, whatever its codec", () => {
  const wanted = { video: true, audio: false };
  expect(read([audio("2f ffff"), audio("af 00 1190"), audio("af 01 21")], wanted)).toEqual([]);
});

it.each<[string, FlvMessage]>([
  ["no body", video("")],
  ["one byte", audio("af")],
  ["an empty sound", audio("af 01")],
  ["an end of sequence", video("17 02 000000")],
  ["a command to the player", video("57 00")],
  ["a picture before its settings", video("17 01 000000 00000001 65")],
  ["sound before its settings", audio("af 01 21")],
  ["a script of another type", { type: TagType.script, timestampMs: 0, body: Uint8Array.of(0x11, 0) }],
])("%s is nothing", (_, message) => {
  expect(read([message])).toEqual([]);
});

it.each<[FlvMessage, string]>([
  [video("1e 00 000000 01"), "H.266 is not supported; set the encoder to H.264"],
  [video("12 00"), "Sorenson H.263 is not supported; set the encoder to H.264"],
  [video("1f 00"), "video with codec id 15 is not supported; set the encoder to H.264"],
  [video("91 76703039 81"), "VP9 is not supported; set the encoder to H.264"],
  [video("90 00112233 81"), 'the video codec "??"3" is not supported; set the encoder to H.264'],
  [video("96 00 61766331"), "multitrack video is not supported; turn it off in the encoder"],
  [audio("ef ff"), "MP3 is not supported; set the audio encoder to AAC"],
  [audio("7f ff"), "G.711 other than 8 kHz mono is not supported; set the audio encoder to AAC"],
  [audio("86 ff"), "G.711 other than 8 kHz mono is not supported; set the audio encoder to AAC"],
  [audio("b2 ff"), "Speex audio is not supported; set the audio encoder to AAC"],
  [audio("90 664c6143"), "FLAC is not supported; set the audio encoder to AAC"],
  [audio("95 00 4f707573"), "multitrack audio is not supported; turn it off in the encoder"],
])("what cannot be carried is said in words", (message, text) => {
  expect(() => read([message])).toThrow(UnsupportedCodecError);
  expect(() => read([message])).toThrow(text);
});

it.each([
  [
    "hevc-opus.flv",
    { codec: "hevc", width: 96, height: 64, maxReorderFrames: 2 },
    { codec: "opus", samplesPerFrame: 960 },
  ],
  ["av1.flv", { codec: "av1", width: 96, height: 64 }, null],
  ["mp3.flv", null, { codec: "mp3", sampleRateHz: 44_100, samplesPerFrame: 1152 }],
])("%s, as ffmpeg writes it, is read frame by frame", (name, videoConfig, audioConfig) => {
  const messages = messagesOf(name);
  const reader = new MessageReader(both);
  const packets = read(messages, both, reader);
  const configs = [videoConfig, audioConfig].filter((one) => one !== null);
  expect(packets.filter(({ kind }) => kind.endsWith("config"))).toMatchObject(configs);
  for (const kind of ["video-frame", "audio-frame"])
    expect(packets.filter((packet) => packet.kind === kind)).toHaveLength(ofKind(messages, kind).length);
  expect(reader.announced?.codec ?? null).toBe(name === "hevc-opus.flv" ? "opus" : null);
  for (const track of ["video", "audio"] as const) expect(reader.drops(track).take()).toBeNull();
});

it("H.265 keeps the composition times of its B-frames", () => {
  const times = messagesOf("hevc-opus.flv").flatMap((message) => {
    const body = readMessageBody(message);
    return body.kind === "video-frame" ? [body.compositionTimeMs * 1000] : [];
  });
  const packets = pictures(read(messagesOf("hevc-opus.flv")));
  expect(packets.map((one) => one.presentationTimeUs - one.decodeTimeUs)).toEqual(times);
  expect(times.some((time) => time > 0)).toBe(true);
});

it("G.711 needs no header, and a codec may follow another in mid-stream", () => {
  const messages = [
    ...[audio("72 d5d5"), audio("72 d5d5", 20), audio("82 ffff", 40)],
    ...[audio("af 00 1190", 60), audio("72 d5d5", 60), audio("af 01 2110", 60)],
  ];
  const packets = read(messages.slice(0, 4).concat(messages.slice(5)));
  expect(packets.map((packet) => `${packet.kind} ${packet.codec}`)).toEqual([
    ...["audio-config pcm_alaw", "audio-frame pcm_alaw", "audio-frame pcm_alaw"],
    ...["audio-config pcm_mulaw", "audio-frame pcm_mulaw", "audio-config aac", "audio-frame aac"],
  ]);
});

it("H.265 may come with the number that CDNs have agreed on, and go on as hvc1", () => {
  const sent = messagesOf("hevc-opus.flv").filter(({ type }) => type === TagType.video);
  const classic = sent.map((message) => {
    const [first = 0] = message.body;
    const [packetType, front] = [first & 0xf, (first & 0x70) | 12];
    const data = message.body.subarray(packetType === 1 ? 8 : 5);
    const time = packetType === 1 ? message.body.subarray(5, 8) : new Uint8Array(3);
    const body = Uint8Array.of(front, packetType === 3 ? 1 : packetType, ...time, ...data);
    return { ...message, body };
  });
  const videoOnly = { video: true, audio: false };
  expect(read(classic, videoOnly)).toEqual(read(sent, videoOnly));
  expect(read([...sent.slice(0, 9), ...classic.slice(9)], videoOnly)).toEqual(read(sent, videoOnly));
});

it("H.264 and AAC may have a FourCC", () => {
  const [header, ...rest] = messagesOf("clean.flv").flatMap((message) => {
    const body = readMessageBody(message);
    if (body.kind === "video-config") return [enhanced(message, "90", body.record)];
    if (body.kind !== "video-frame") return [];
    return [enhanced(message, body.isKey ? "93" : "a3", body.data)];
  });
  if (header === undefined) throw new Error("the recording has a sequence header");
  const wanted = { video: true, audio: false };
  expect(read([header, ...rest], wanted)).toEqual(read(messagesOf("clean.flv"), wanted));
  expect(readMessageBody(audio("90 6d703461 1190"))).toMatchObject({ kind: "audio-config" });
  expect(readMessageBody(audio("91 6d703461 21"))).toMatchObject({ kind: "audio-frame" });
  expect(readMessageBody(video("91 61766331 000028 00000001 65"))).toMatchObject({ compositionTimeMs: 40 });
});

function enhanced(message: FlvMessage, first: string, data: Uint8Array): FlvMessage {
  const head = video(`${first} 61766331`).body;
  return { ...message, body: Uint8Array.of(...head, ...data) };
}

/** What else than packets or the refusal of a codec comes of messages; null for nothing else. */
function faultOf(messages: readonly FlvMessage[], reader: MessageReader): unknown {
  try {
    read(messages, both, reader);
    return null;
  } catch (error) {
    return error instanceof UnsupportedCodecError ? null : error;
  }
}

describe("any bytes", () => {
  const message = fc.record({
    type: fc.constantFrom(...Object.values(TagType)),
    timestampMs: fc.nat(2 ** 32 - 1),
    body: fc.uint8Array({ maxLength: 64 }),
  });

  it("make packets, or an error that says why not", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
        const reader = new MessageReader(both);
        for (const one of [...recorded.slice(0, 4), ...messages]) {
          expect(faultOf([one], reader)).toBeNull();
        }
      }),
    );
  });

  it("in place of a part of a body make no other error", () => {
    const bodies = recorded.slice(0, 12);
    fc.assert(
      fc.property(
        fc.nat(bodies.length - 1),
        fc.nat(40),
        fc.uint8Array({ maxLength: 8 }),
        (which, at, damage) => {
          const reader = new MessageReader(both);
          const damaged = bodies.map((one, n) => {
            if (n !== which) return one;
            const body = Uint8Array.from(one.body.subarray(0, Math.max(at + damage.length, one.body.length)));
            body.set(damage.subarray(0, Math.max(body.length - at, 0)), Math.min(at, body.length));
            return { ...one, body };
          });
          expect(faultOf(damaged, reader)).toBeNull();
        },
      ),
    );
  });

  it("cut anywhere are no more than a shorter body", () => {
    for (const one of recorded.slice(0, 6)) {
      for (let length = 0; length <= Math.min(one.body.length, 200); length++) {
        const cut = { ...one, body: one.body.subarray(0, length) };
        expect(() => read([...recorded.slice(0, 3), cut])).not.toThrow();
      }
    }
  });
});

it("the tolerant demuxer plays what the strict one refuses", () => {
  const odd = fixture("flv/clean.flv");
  odd[4] = 0xff; // TypeFlags
  odd[12] = 7; // PreviousTagSize0
  odd[13 + 10] = 1; // StreamID
  expect(() => new FlvDemuxer().push(odd)).toThrow("reserved bits");
  const events = new FlvDemuxer({ isTolerant: true }).push(odd);
  expect(events).toHaveLength(new FlvDemuxer().push(fixture("flv/clean.flv")).length);
});
