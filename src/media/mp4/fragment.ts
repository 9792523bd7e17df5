import { Buffer } from "node:buffer";
import type { AudioConfig, VideoConfig } from "../packet.ts";
import { box, fullBox, uint8, uint16, uint32, uint64 } from "./box.ts";
import { audioSampleEntry, videoSampleEntry } from "./sample-entry.ts";

/** One frame of a track. */
export interface Sample {
  readonly decodeMs: number;
  readonly durationMs: number;
  /** Presentation time less decode time. */
  readonly compositionMs: number;
  readonly isSync: boolean;
  readonly data: Uint8Array;
}

const TIMESCALE = 1000;
/** 1.0 as 16.16 and 2.30. */
const ONE = 0x1_0000;
const UNITY_MATRIX = [...[ONE, 0, 0], ...[0, ONE, 0], ...[0, 0, 0x4000_0000]];
const ENGLISH_UNDETERMINED = 0x55c4; // "und", three letters of five bits

/** What stands before the fragments of a file (ISO/IEC 14496-12, 8.8): one track for each of these, numbered from 1. */
export function encodeInit(configs: readonly (VideoConfig | AudioConfig)[]): Buffer {
  const tracks = configs.map((_, at) => at + 1);
  return Buffer.concat([
    box("ftyp", Buffer.from("isom"), uint32(0), Buffer.from("isomiso6")),
    box(
      "moov",
      movieHeader(tracks.length + 1),
      ...configs.map((config, at) => track(config, at + 1)),
      // track_ID, default_sample_description_index, and no other defaults
      box("mvex", ...tracks.map((id) => fullBox("trex", 0, 0, uint32(id, 1, 0, 0, 0)))),
    ),
  ]);
}

function movieHeader(nextTrackId: number): Buffer {
  return fullBox(
    "mvhd",
    0,
    0,
    uint32(0, 0, TIMESCALE, 0), // creation_time, modification_time, timescale, duration
    uint32(ONE), // rate
    uint16(0x100, 0), // volume, reserved
    uint32(0, 0), // reserved
    uint32(...UNITY_MATRIX),
    Buffer.alloc(24), // pre_defined
    uint32(nextTrackId),
  );
}

const TRACK_IN_USE = 0b11; // track_enabled, track_in_movie

function track(config: VideoConfig | AudioConfig, id: number): Buffer {
  const isVideo = config.kind === "video-config";
  const [width, height] = isVideo ? [config.width, config.height] : [0, 0];
  const trackHeader = fullBox(
    "tkhd",
    0,
    TRACK_IN_USE,
    uint32(0, 0, id, 0, 0), // creation_time, modification_time, track_ID, reserved, duration
    uint32(0, 0), // reserved
    uint16(0, 0, isVideo ? 0 : 0x100, 0), // layer, alternate_group, volume, reserved
    uint32(...UNITY_MATRIX),
    uint32(width * ONE, height * ONE),
  );
  const handler = Buffer.from(isVideo ? "vide" : "soun");
  const media = box(
    "mdia",
    fullBox("mdhd", 0, 0, uint32(0, 0, TIMESCALE, 0), uint16(ENGLISH_UNDETERMINED, 0)),
    fullBox("hdlr", 0, 0, uint32(0), handler, Buffer.alloc(12), uint8(0)), // reserved, an empty name
    box(
      "minf",
      isVideo ? fullBox("vmhd", 0, 1, Buffer.alloc(8)) : fullBox("smhd", 0, 0, Buffer.alloc(4)),
      box("dinf", fullBox("dref", 0, 0, uint32(1), fullBox("url ", 0, 1))), // in this file
      box(
        "stbl",
        fullBox("stsd", 0, 0, uint32(1), isVideo ? videoSampleEntry(config) : audioSampleEntry(config)),
        ...["stts", "stsc", "stco"].map((table) => fullBox(table, 0, 0, uint32(0))),
        fullBox("stsz", 0, 0, uint32(0, 0)),
      ),
    ),
  );
  return box("trak", trackHeader, media);
}

const DEFAULT_BASE_IS_MOOF = 0x02_0000;
const DATA_OFFSET = 0x01;
const SAMPLE_FIELDS = 0xf00; // duration, size, flags, composition time offset
/** sample_depends_on 2; or 1 and sample_is_non_sync_sample (8.8.3.1). */
const SYNC_SAMPLE = 0x0200_0000;
const OTHER_SAMPLE = 0x0101_0000;
const boxHeaderBytes = 8;
const dataOffsetAt = 16;

/** Samples of one track, in decoding order, of which there is at least one. */
export function encodeFragment(sequence: number, trackId: number, samples: readonly Sample[]): Buffer {
  const run = fullBox(
    "trun",
    1, // composition times may be negative
    DATA_OFFSET | SAMPLE_FIELDS,
    uint32(samples.length, 0), // sample_count, data_offset
    ...samples.map(({ durationMs, compositionMs, isSync, data: { length } }) =>
      uint32(durationMs, length, isSync ? SYNC_SAMPLE : OTHER_SAMPLE, compositionMs),
    ),
  );
  const fragment = box(
    "moof",
    fullBox("mfhd", 0, 0, uint32(sequence)),
    box(
      "traf",
      fullBox("tfhd", 0, DEFAULT_BASE_IS_MOOF, uint32(trackId)),
      fullBox("tfdt", 1, 0, uint64(samples[0]?.decodeMs ?? 0)),
      run,
    ),
  );
  fragment.writeUInt32BE(fragment.length + boxHeaderBytes, fragment.length - run.length + dataOffsetAt);
  return Buffer.concat([fragment, box("mdat", ...samples.map(({ data }) => data))]);
}
