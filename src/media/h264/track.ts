import { CorruptInputError } from "../corrupt-input.ts";
import type { VideoConfig, VideoFrame } from "../packet.ts";
import { splitAnnexB } from "./annexb.ts";
import { type Avcc, encodeAvcc, isAvcc, parseAvcc, splitLengthPrefixed } from "./avcc.ts";
import { isSlice, NalUnitType, nalHeaderProblem, nalUnitType } from "./nal-unit.ts";
import { ParameterSets, type SpsUnit } from "./parameter-sets.ts";

/** Pictures that are not shown in the order in which they are coded: B-frames, which cannot be timed without DTS. */
export class ReorderedPicturesError extends CorruptInputError {}

/** What a stream has yet to bring before its first picture can be shown; `null` once it has. */
export type AwaitedPicture = "an IDR picture" | "the SPS and PPS of its IDR picture" | null;

/** Units that do not belong in a container's frames: they say nothing there, or stand in the sequence header. */
const DROPPED: ReadonlySet<number> = new Set([
  NalUnitType.sps,
  NalUnitType.pps,
  NalUnitType.accessUnitDelimiter,
  NalUnitType.endOfSequence,
  NalUnitType.endOfStream,
  NalUnitType.filler,
  NalUnitType.spsExtension,
  NalUnitType.subsetSps,
]);

/**
 * Turns access units of H.264 into packets. The first is a VideoConfig, the second its IDR picture; whatever comes
 * before is dropped and counted. Broken units are `CorruptInputError`.
 */
export class H264Track {
  readonly #split: (accessUnit: Uint8Array) => Uint8Array[];
  readonly #sets = new ParameterSets();
  #announced: SpsUnit | null = null;
  #haveSetsChanged = false;
  #awaiting: AwaitedPicture = "an IDR picture";
  #droppedFrames = 0;
  #lastPresentationTimeUs = Number.NEGATIVE_INFINITY;

  /**
   * `extradata` is the codec's private data, if there is any: an avcC, and then the access units are made of units
   * behind their lengths (ISO/IEC 14496-15), or Annex B, and then they have start codes.
   */
  constructor(extradata: Uint8Array = new Uint8Array(0)) {
    const avcc = isAvcc(extradata) ? parseAvcc(extradata) : null;
    this.#split = avcc === null ? splitAnnexB : splitterOf(avcc);
    const units = avcc === null ? splitAnnexB(extradata) : [...avcc.spsUnits, ...avcc.ppsUnits];
    for (const unit of units) this.#take(unit);
  }

  /** What must still come before the first picture, for a message that names it. */
  get awaiting(): AwaitedPicture {
    return this.#awaiting;
  }

  /** Pictures dropped because nothing could be decoded yet. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** Takes one whole access unit; `presentationTimeUs` may not go back from one picture to the next. */
  push(accessUnit: Uint8Array, presentationTimeUs: number): (VideoConfig | VideoFrame)[] {
    const units = this.#split(accessUnit).filter((unit) => this.#take(unit));
    const slice = units.find((unit) => isSlice(typeOf(unit)));
    if (slice === undefined) return [];
    const idrSlice = units.find((unit) => typeOf(unit) === NalUnitType.idrSlice);
    const sps = idrSlice === undefined ? this.#announced : this.#sets.spsOf(idrSlice);
    if (sps === null) {
      this.#awaiting = idrSlice === undefined ? this.#awaiting : "the SPS and PPS of its IDR picture";
      this.#announced = null;
      this.#droppedFrames++;
      return [];
    }
    this.#awaiting = null;
    if (presentationTimeUs < this.#lastPresentationTimeUs) {
      throw new ReorderedPicturesError(
        `H.264: expected pictures in the order of their times, got ${presentationTimeUs} after ${this.#lastPresentationTimeUs} microseconds (B-frames)`,
      );
    }
    this.#lastPresentationTimeUs = presentationTimeUs;
    const frame: VideoFrame = {
      kind: "video-frame",
      codec: "h264",
      isKey: idrSlice !== undefined,
      decodeTimeUs: presentationTimeUs,
      presentationTimeUs,
      units,
    };
    if (!this.#haveSetsChanged && sps === this.#announced) return [frame];
    return [this.#announce(this.#sets.current(sps)), frame];
  }

  /** Collects parameter sets; true for what stays in the frame. */
  #take(unit: Uint8Array): boolean {
    const header = unit[0] ?? 0;
    const problem = nalHeaderProblem(header);
    if (problem !== null) throw new CorruptInputError(`H.264: expected a NAL unit, but ${problem}`);
    const type = nalUnitType(header);
    if (type === NalUnitType.sps || type === NalUnitType.pps) {
      this.#haveSetsChanged = this.#sets.add(unit) || this.#haveSetsChanged;
    }
    return !DROPPED.has(type);
  }

  #announce(sps: SpsUnit): VideoConfig {
    this.#announced = sps;
    this.#haveSetsChanged = false;
    const { width, height } = sps.sps;
    const [spsUnits, ppsUnits] = [this.#sets.spsUnits(sps), this.#sets.ppsUnits()];
    return {
      kind: "video-config",
      codec: "h264",
      decoderConfig: encodeAvcc({ spsUnits, ppsUnits }),
      parameterSets: [...spsUnits, ...ppsUnits],
      width,
      height,
    };
  }
}

function splitterOf({ lengthBytes }: Avcc): (accessUnit: Uint8Array) => Uint8Array[] {
  return (accessUnit) => splitLengthPrefixed(accessUnit, lengthBytes);
}

function typeOf(unit: Uint8Array): number {
  return nalUnitType(unit[0] ?? 0);
}
