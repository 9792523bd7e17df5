import { AnswerJudge } from "../../src/check/answer-judge.ts";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Faults } from "../../src/check/faults.ts";
import type { Finding } from "../../src/check/finding.ts";
import { StreamJudge } from "../../src/check/stream-judge.ts";
import { type RawStream, readRaw, repeated, write, writeTag } from "./raw-stream.ts";

/** Bytes, and when they come. */
export interface Piece {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** Something to judge: a file, a stream as it comes, or an HTTP answer with all that is around it. */
export type Sample =
  | { readonly kind: "file"; readonly bytes: Buffer }
  | { readonly kind: "live"; readonly pieces: readonly Piece[]; readonly endMs: number }
  | {
      readonly kind: "answer";
      readonly pieces: readonly Piece[];
      readonly endMs: number;
      /** The server closes the connection at the end. */
      readonly closes: boolean;
    };

/** A stream that is broken in one way. */
export interface Fault {
  readonly title: string;
  /** All that is to be found, and nothing else. */
  readonly finds: readonly FaultId[];
  readonly sample: () => Sample;
}

/** A file made from a sound one by one change. */
export function brokenFile(
  title: string,
  finds: readonly FaultId[],
  change: (stream: RawStream) => void,
  from: () => RawStream = () => readRaw("clean"),
): Fault {
  const sample = () => {
    const stream = from();
    change(stream);
    return fileOf(write(stream));
  };
  return { title, finds, sample };
}

/** Bytes that are no stream at all. */
export function brokenBytes(title: string, finds: readonly FaultId[], make: () => Buffer): Fault {
  return { title, finds, sample: () => fileOf(make()) };
}

function fileOf(bytes: Buffer): Sample {
  return { kind: "file", bytes };
}

/** Twelve seconds of a live stream, broken by a change of its tags or of the time at which each comes. */
export function brokenLive(
  title: string,
  finds: readonly FaultId[],
  change: (stream: RawStream) => void,
  arrival: (timestampMs: number) => number = (timestampMs) => timestampMs,
): Fault {
  const sample = (): Sample => {
    const stream = liveStream();
    change(stream);
    const pieces = arriving(stream, arrival);
    return { kind: "live", pieces, endMs: pieces.at(-1)?.atMs ?? 0 };
  };
  return { title, finds, sample };
}

export function liveStream(): RawStream {
  return repeated(withoutDuration(readRaw("clean")), 6);
}

/** The header at once, and each tag at its time. */
export function arriving(stream: RawStream, arrival: (timestampMs: number) => number): Piece[] {
  const { header, previousTagSize0, tags, tail } = stream;
  let atMs = Number.NEGATIVE_INFINITY; // what stands behind comes no earlier
  return [
    { bytes: Buffer.concat([header, previousTagSize0]), atMs: arrival(0) },
    ...tags.map((tag) => {
      atMs = Math.max(atMs, arrival(tag.timestampMs));
      return { bytes: writeTag(tag), atMs };
    }),
    { bytes: tail, atMs: arrival(tags.at(-1)?.timestampMs ?? 0) },
  ];
}

/** As servers send it: onMetaData of a live stream has a duration of 0. */
export function withoutDuration(stream: RawStream): RawStream {
  const [metadata] = stream.tags;
  const at = metadata?.body.indexOf("duration") ?? -1;
  if (metadata === undefined || at < 0) throw new Error("no duration in the metadata");
  metadata.body.writeDoubleBE(0, at + "duration".length + 1);
  return stream;
}

export function judge(sample: Sample): readonly Finding[] {
  const faults = new Faults();
  switch (sample.kind) {
    case "file":
      judgeStream(faults, [{ bytes: sample.bytes, atMs: null }], { isWhole: true, atMs: null });
      break;
    case "live":
      judgeStream(faults, sample.pieces, { isWhole: false, atMs: sample.endMs });
      break;
    case "answer":
      judgeAnswer(faults, sample);
  }
  return faults.all();
}

function judgeStream(
  faults: Faults,
  pieces: readonly { readonly bytes: Buffer; readonly atMs: number | null }[],
  end: { readonly isWhole: boolean; readonly atMs: number | null },
): void {
  const stream = new StreamJudge(faults);
  for (const { bytes, atMs } of pieces) stream.push(bytes, atMs);
  stream.end(end);
}

function judgeAnswer(faults: Faults, { pieces, endMs, closes }: Sample & { kind: "answer" }): void {
  const answer = new AnswerJudge(faults);
  for (const { bytes, atMs } of pieces) answer.push(bytes, atMs);
  if (closes) answer.close();
  answer.end(endMs);
}
