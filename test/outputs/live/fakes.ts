import { decodeAmf0, encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { parseAudioBody } from "../../../src/media/flv/audio-body.ts";
import { encodeClockBody } from "../../../src/media/flv/clock-body.ts";
import { FlvDemuxer, type FlvTagEvent } from "../../../src/media/flv/demuxer.ts";
import { encodeHeader } from "../../../src/media/flv/header.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import { encodeTag, type Tag, type TagRole } from "../../../src/media/flv/tag.ts";
import { parseVideoBody } from "../../../src/media/flv/video-body.ts";
import type { Schedule } from "../../../src/outputs/live/batch-interval.ts";
import { Hub } from "../../../src/outputs/live/hub.ts";
import type { HubLimits } from "../../../src/outputs/live/limits.ts";
import type { Sink, Transport } from "../../../src/outputs/live/sink.ts";
import type { Who } from "../../../src/outputs/live/viewer.ts";

export const somebody: Who = { id: 1, address: "192.0.2.7", sinceMs: 0 };

/** The bytes themselves. */
export const bareTransport: Transport = {
  name: "http/1.0",
  frame: ({ parts }) => Buffer.concat(parts),
};

/** A connection that remembers what it got. */
export class FakeSink implements Sink {
  readonly transport: Transport;
  readonly writes: Uint8Array[] = [];
  readonly backlogBytes = 0;
  state: "open" | "ended" | "destroyed" = "open";

  constructor(transport = bareTransport) {
    this.transport = transport;
  }

  write(framed: Uint8Array): void {
    this.writes.push(framed);
  }

  end(): void {
    this.state = "ended";
  }

  destroy(): void {
    this.state = "destroyed";
  }

  get bytes(): Buffer {
    return Buffer.concat(this.writes);
  }

  /** What the viewer's player would see: "header metadata@0 video-config@0 key@0 audio@3 …". */
  get story(): string {
    return storyOf(this.bytes);
  }

  /** The story of each write. */
  get writeStories(): string[] {
    const header = encodeHeader({ video: true, audio: true });
    return this.writes.map((bytes) => {
      const demuxer = new FlvDemuxer();
      const begins = bytes[0] === header[0];
      const events = demuxer.push(begins ? bytes : Buffer.concat([header, bytes]));
      demuxer.end();
      const story = events.map((event) => (event.kind === "header" ? "header" : words(event)));
      return story.slice(begins ? 0 : 1).join(" ");
    });
  }
}

/** A recording in words. */
export function storyOf(bytes: Uint8Array): string {
  const demuxer = new FlvDemuxer();
  const events = demuxer.push(bytes);
  if (events.length > 0) demuxer.end();
  return events.map((event) => (event.kind === "header" ? "header" : words(event))).join(" ");
}

function words(tag: FlvTagEvent): string {
  switch (tag.type) {
    case TagType.script:
      return `${decodeAmf0(tag.body)[0] === "onMetaData" ? "metadata" : "clock"}@${tag.timestampMs}`;
    case TagType.audio:
      return `${parseAudioBody(tag.body).kind === "audio-frame" ? "audio" : "audio-config"}@${tag.timestampMs}`;
    case TagType.video: {
      const body = parseVideoBody(tag.body);
      if (body.kind !== "video-frame") return `${body.kind}@${tag.timestampMs}`;
      return `${body.isKey ? "key" : "delta"}@${tag.timestampMs}`;
    }
  }
}

const bodies: Readonly<Record<TagRole, readonly [TagType, Uint8Array]>> = {
  metadata: [TagType.script, encodeAmf0("onMetaData")],
  clock: [TagType.script, encodeClockBody({ streamMs: 0, wallMs: 0 })],
  "video-config": [TagType.video, Uint8Array.of(0x17, 0, 0, 0, 0, 1)],
  "audio-config": [TagType.audio, Uint8Array.of(0xaf, 0, 0x11, 0x90)],
  key: [TagType.video, Uint8Array.of(0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65)],
  delta: [TagType.video, Uint8Array.of(0x27, 1, 0, 0, 0, 0, 0, 0, 1, 0x41)],
  audio: [TagType.audio, Uint8Array.of(0xaf, 1, 0x21)],
};

/** Tags from words: "metadata@0 video-config@0 key@0 audio@3". */
export function tags(story: string): Tag[] {
  return story.split(" ").map((word) => {
    const [role = "", timestamp] = word.split("@");
    if (!isRole(role)) throw new Error(`no role ${role}`);
    const timestampMs = Number(timestamp);
    const [type, body] = bodies[role];
    return { role, timestampMs, bytes: encodeTag(type, timestampMs, [body]) };
  });
}

function isRole(word: string): word is TagRole {
  return Object.hasOwn(bodies, word);
}

/** A hub with picture and sound. */
export function videoHub(limits: Partial<HubLimits> = {}, schedule?: Schedule): Hub {
  return new Hub({
    name: "cam",
    header: encodeHeader({ video: true, audio: true }),
    hasVideo: true,
    limits,
    ...(schedule === undefined ? {} : { schedule }),
  });
}

/** A hub with sound alone. */
export function audioHub(limits: Partial<HubLimits> = {}): Hub {
  return new Hub({
    name: "mic",
    header: encodeHeader({ video: false, audio: true }),
    hasVideo: false,
    limits,
  });
}

/** Publishes and flushes at once: one batch, or more where the hub starts one. */
export function send(hub: Hub, story: string): void {
  for (const tag of tags(story)) hub.publish(tag);
  hub.flush();
}
