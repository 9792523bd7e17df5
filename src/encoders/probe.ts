import type { Size } from "../devices/picture.ts";
import type { Source } from "../devices/source.ts";
import { FfmpegCapture } from "../ffmpeg/capture.ts";
import { type ChosenEncoder, profilesOf } from "../ffmpeg/encoder.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { planProcess } from "../ffmpeg/plan.ts";
import { codecString } from "../media/codecs.ts";
import { ReorderedPicturesError } from "../media/corrupt-input.ts";
import type { Packet } from "../media/packet.ts";
import type { Candidate } from "./candidates.ts";
import { likenessOf } from "./likeness.ts";
import { refusalOf } from "./refusals.ts";
import type { ProbeResult, Verdict } from "./verdict.ts";

export interface ProbeSetup {
  readonly ffmpeg: FfmpegBinary;
  readonly size: Size;
  readonly fps: number;
}

const PICTURES = 10;
/** Of these, the one that is forced to be a key frame. */
const FORCED = 6;
/** An encoder that takes longer hangs; on a slow or busy machine, so many times as long as ffmpeg takes for its version. */
const PATIENCE_MS = { least: 10_000, perAnswer: 10, most: 60_000 };
const MAX_LINES = 200;

/** Where ffmpeg 7 and later have failed for good, and yet take half a second more to end. */
const HAS_FAILED = /Error while opening encoder|Task finished with error code/;

/**
 * Has an encoder encode ten pictures through the pipeline of `flvcast start`, in the size and at the rate that are wanted:
 * it works when they come out again as packets, from a key frame with its parameter sets on, and decode to what went in;
 * one of them is forced to be a key frame. Profiles are tried from the best on.
 */
export async function probeEncoder(candidate: Candidate, setup: ProbeSetup): Promise<ProbeResult> {
  const { encoder, node } = candidate;
  const startMs = performance.now();
  const verdict =
    candidate.refusal === null
      ? await bestProfile(candidate, setup, startMs + patienceMs(setup))
      : { works: false as const, ...candidate.refusal };
  const durationMs = Math.round(performance.now() - startMs);
  return { encoder: encoder.name, node, verdict, durationMs, atMs: Date.now() };
}

function patienceMs({ ffmpeg: { answeredInMs = 0 } }: ProbeSetup): number {
  const { least, perAnswer, most } = PATIENCE_MS;
  return Math.min(Math.max(answeredInMs * perAnswer, least), most);
}

/** Whether an encoder that works also does so with normal latency: all frames come, and decode to what went in. */
export async function holdsFramesRight(chosen: ChosenEncoder, setup: ProbeSetup): Promise<boolean> {
  const run = await encode(chosen, setup, performance.now() + patienceMs(setup));
  return run.kind === "works";
}

async function bestProfile(candidate: Candidate, setup: ProbeSetup, endMs: number): Promise<Verdict> {
  let last: Verdict | null = null;
  const { codec } = candidate.encoder;
  for (const profile of profilesOf[codec]) {
    let take: ProbeRun = { kind: "refused", lines: [] };
    for (const how of waysOf(candidate.encoder, setup)) {
      if (how.widthStep !== undefined && take.kind !== "garbled") continue;
      take = await encode({ ...candidate, profile, ...how }, setup, endMs);
      if (take.kind === "works") return { ...take.verdict, profile, ...how };
      if (take.kind !== "garbled" && take.kind !== "wrong") break;
    }
    last = verdictOn(take, candidate, setup);
    if (take.kind !== "refused" || !refusalOf(take.lines, codec).mayBeProfile) break;
  }
  return last ?? { works: false, ...refusalOf([], codec) };
}

/** How an encoder is asked, the best first: each next one where what came of the last is not what went in. */
function waysOf(
  { holdsNoFrameSince = Number.POSITIVE_INFINITY }: Candidate["encoder"],
  { ffmpeg, size }: ProbeSetup,
): readonly Pick<ChosenEncoder, "holdsNoFrame" | "widthStep">[] {
  return [
    ...(ffmpeg.majorVersion >= holdsNoFrameSince ? [{ holdsNoFrame: true }] : []),
    {},
    ...(size.width % WIDTH_STEP === 0 ? [] : [{ widthStep: WIDTH_STEP }]),
  ];
}

/** The encoder of a Raspberry Pi 4 garbles other widths (raspberrypi/firmware#1608). */
const WIDTH_STEP = 64;

type ProbeRun =
  | {
      readonly kind: "works";
      readonly verdict: {
        readonly works: true;
        readonly codec: string;
        readonly forcesKeyFrames: boolean;
        readonly libraryVersion?: string;
      };
    }
  | { readonly kind: "garbled" }
  | { readonly kind: "refused"; readonly lines: readonly string[] }
  | { readonly kind: "late" }
  | { readonly kind: "wrong"; readonly how: string };

function verdictOn(
  take: Exclude<ProbeRun, { kind: "works" }>,
  { encoder, forbidden }: Candidate,
  setup: ProbeSetup,
): Verdict {
  const fix = "try another encoder, or update the driver";
  const failed = { works: false, isAbsent: false, fix } as const;
  switch (take.kind) {
    case "late":
      return {
        ...failed,
        reason: `it hangs: ten frames took longer than ${Math.round(patienceMs(setup) / 1000)} s`,
      };
    case "garbled":
      return {
        ...failed,
        reason: "it garbles the test picture",
        fix: "try another --size or --encoder, or update the driver",
      };
    case "wrong":
      return { ...failed, reason: take.how };
    case "refused": {
      const { mayBeProfile: _, ...refusal } = refusalOf(take.lines, encoder.codec);
      // What ffmpeg could not find among the nodes may be the one that it may not open.
      const isForbidden = refusal.isAbsent && take.lines.some((line) => line.includes("valid device"));
      return { works: false, ...((isForbidden && forbidden) || refusal) };
    }
  }
}

/** `Svt[info]: SVT [version]:	SVT-AV1 Encoder Lib v1.4.1` */
const LIBRARY_VERSION = /Encoder Lib v([\d.]+)/;

/** One run with one profile. The process is gone when this resolves. */
async function encode(chosen: ChosenEncoder, setup: ProbeSetup, endMs: number): Promise<ProbeRun> {
  const plan = planProcess(picture(setup), { video: true, audio: false }, planOptions(chosen, setup));
  const packets: Packet[] = [];
  const lines: string[] = [];
  let libraryVersion: string | undefined;
  let isLate = false;
  const capture = new FfmpegCapture(setup.ffmpeg.path, plan, {
    onPackets: (some) => packets.push(...some),
    onFfmpegLine: (line) => {
      if (lines.length < MAX_LINES) lines.push(line);
      if (HAS_FAILED.test(line)) capture.kill();
    },
    onInfoLine: (line) => (libraryVersion ??= LIBRARY_VERSION.exec(line)?.[1]),
  });
  const timer = setTimeout(
    () => {
      isLate = true;
      capture.kill();
    },
    Math.max(1, endMs - performance.now()),
  );
  const failure = await ended(capture);
  clearTimeout(timer);
  if (failure !== null && failure.cause instanceof ReorderedPicturesError)
    return { kind: "wrong", how: "it makes B-frames despite being told not to" };
  const take = judge(packets, capture.droppedFrames, libraryVersion);
  if (take.kind === "works") return compared(take, packets, setup);
  if (isLate) return { kind: "late" };
  return lines.length === 0 ? take : { kind: "refused", lines };
}

/** Where this ffmpeg cannot compare, what comes is believed. */
async function compared(take: ProbeRun, packets: readonly Packet[], setup: ProbeSetup): Promise<ProbeRun> {
  const config = packets.find((packet) => packet.kind === "video-config");
  const frames = packets.filter((packet) => packet.kind === "video-frame");
  if (config === undefined) return take;
  const options = { ffmpegPath: setup.ffmpeg.path, graph: graphOf(setup), timeoutMs: patienceMs(setup) };
  const likeness = await likenessOf(config, frames, options);
  if (likeness === "late") return { kind: "late" };
  return likeness === "garbled" ? { kind: "garbled" } : take;
}

async function ended(capture: FfmpegCapture): Promise<Error | null> {
  try {
    await capture.ended;
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function judge(packets: readonly Packet[], droppedFrames: number, libraryVersion?: string): ProbeRun {
  const frames = packets.filter((packet) => packet.kind === "video-frame");
  const [config] = packets;
  if (config?.kind === "video-config" && frames[0]?.isKey && frames.length >= PICTURES) {
    const forcesKeyFrames = frames.every(({ isKey }, n) => isKey === (n % FORCED === 0));
    const verdict = { works: true as const, codec: codecString(config), forcesKeyFrames };
    return {
      kind: "works",
      verdict: libraryVersion === undefined ? verdict : { ...verdict, libraryVersion },
    };
  }
  if (frames.length === 0 && droppedFrames > 0)
    return { kind: "wrong", how: "its output has no key frame with its parameter sets" };
  return { kind: "wrong", how: `only ${frames.length} of ${PICTURES} frames came out` };
}

function planOptions(encoder: ChosenEncoder, { ffmpeg, fps }: ProbeSetup) {
  const { majorVersion } = ffmpeg;
  return {
    ...{ majorVersion, fps, size: null, bitrateKbps: null },
    encoder: { ...encoder, forcesKeyFrames: true },
    ...{ gopSeconds: FORCED / fps, copy: false, baseS: 0 },
  };
}

function graphOf({ size, fps }: ProbeSetup): string {
  return `testsrc2=size=${size.width}x${size.height}:rate=${fps},trim=end_frame=${PICTURES},format=yuv420p`;
}

/** Ten moving pictures, as fast as they are taken. */
function picture(setup: ProbeSetup): Source {
  const { size, fps } = setup;
  return {
    label: "the encoders' test",
    device: null,
    hasEnd: true,
    inputOptions: ["-probesize", "32", "-analyzeduration", "0", "-f", "lavfi"],
    url: graphOf(setup),
    video: {
      map: "0:v:0",
      codec: "rawvideo",
      filters: [],
      passesThrough: false,
      colorMatrix: "smpte170m",
      size,
      fps,
      slowestFps: null,
    },
    audio: null,
    clock: "own",
  };
}
