import { CorruptInputError } from "../corrupt-input.ts";
import type { VideoConfig, VideoFrame } from "../packet.ts";
import { ReorderedPicturesError } from "../reordered-pictures.ts";
import { UnitDrops } from "../unit-drops.ts";
import { splitAnnexB } from "./annexb.ts";
import { type Avcc, encodeAvcc, isAvcc, parseAvcc, splitLengthPrefixed } from "./avcc.ts";
import { isForbidden, isSlice, isUnknownType, NalUnitType, nalRefIdc, nalUnitType } from "./nal-unit.ts";
import { isSame, ParameterSets, type SpsUnit } from "./parameter-sets.ts";
import { PictureOrder } from "./picture-order.ts";
import { isRecoveryPoint } from "./recovery-point.ts";
import { reorderDepth } from "./sps.ts";

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

/** So long nothing is sent after a lost picture, for want of an IDR picture: then decoders make what they can of it. */
const LONGEST_WAIT_US = 10e6;

export interface H264Options {
  /** The times are those of arrival: B-frames are an error, since nobody knows when they are to be shown. */
  readonly isTimedByArrival?: boolean;
}

interface Announced {
  readonly sps: SpsUnit;
  readonly units: readonly Uint8Array[];
}

/**
 * Turns access units of H.264 into packets. The first is a VideoConfig, the second its IDR picture; whatever comes
 * before is dropped and counted. A unit that is damaged, or that decoders ignore, is dropped; where a picture is lost with it,
 * so are those up to the next IDR picture or recovery point, since they are decoded by it.
 */
export class H264Track {
  readonly drops = new UnitDrops();
  #split: (accessUnit: Uint8Array) => Uint8Array[] = splitAnnexB;
  readonly #sets = new ParameterSets();
  #announced: Announced | null = null;
  /** Sets have come that may differ from those announced. */
  #haveSetsChanged = false;
  #awaiting: AwaitedPicture = "an IDR picture";
  /** Time of the picture that was lost last. */
  #lostUs = Number.NEGATIVE_INFINITY;
  #droppedFrames = 0;
  /** Null where the times tell it. */
  readonly #order: PictureOrder | null;

  /**
   * `extradata` is the codec's private data, if there is any: an avcC, and then the access units are made of units
   * behind their lengths (ISO/IEC 14496-15), or Annex B, and then they have start codes.
   *
   * @throws CorruptInputError for private data that are neither
   */
  constructor(extradata: Uint8Array = new Uint8Array(0), { isTimedByArrival = false }: H264Options = {}) {
    this.#order = isTimedByArrival ? new PictureOrder() : null;
    this.configure(extradata);
  }

  /** From the next access unit on, these private data hold. @throws CorruptInputError as the constructor does */
  configure(extradata: Uint8Array): void {
    const avcc = isAvcc(extradata) ? parseAvcc(extradata) : null;
    this.#split = avcc === null ? splitAnnexB : splitterOf(avcc);
    const units = avcc === null ? splitAnnexB(extradata) : [...avcc.spsUnits, ...avcc.ppsUnits];
    for (const unit of units) this.#take(unit);
  }

  /** What must still come before the next picture, for a message that names it. */
  get awaiting(): AwaitedPicture {
    return this.#awaiting;
  }

  /** Pictures dropped because they could not be decoded without others. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /**
   * Takes one whole access unit. A frame's decode time is its presentation time: see `Reorder`.
   *
   * @throws ReorderedPicturesError for B-frames where the times are those of arrival
   */
  push(accessUnit: Uint8Array, presentationTimeUs: number): (VideoConfig | VideoFrame)[] {
    try {
      return this.#read(accessUnit, presentationTimeUs);
    } catch (error) {
      if (!(error instanceof CorruptInputError) || error instanceof ReorderedPicturesError) throw error;
      this.lose(presentationTimeUs, error.message);
      return [];
    }
  }

  /** Counts a picture of this time that is lost, and why. */
  lose(presentationTimeUs: number, why: string): void {
    this.drops.damage(why);
    this.#waitFrom(presentationTimeUs);
  }

  #waitFrom(presentationTimeUs: number): void {
    this.#lostUs = presentationTimeUs;
    this.#awaiting ??= "an IDR picture";
  }

  #read(accessUnit: Uint8Array, presentationTimeUs: number): (VideoConfig | VideoFrame)[] {
    const all = this.#split(accessUnit);
    const units = all.filter((unit) => this.#take(unit));
    const slice = units.find(isSliceUnit);
    const damaged = units.length === all.length ? [] : all.filter((unit) => isForbidden(unit[0] ?? 0));
    if (damaged.some(isSliceUnit) || (slice === undefined && damaged.length > 0)) {
      if (damaged.some((unit) => nalRefIdc(unit[0] ?? 0) !== 0)) this.#waitFrom(presentationTimeUs);
      return [];
    }
    if (slice === undefined) return [];
    const idrSlice = units.find((unit) => typeOf(unit) === NalUnitType.idrSlice);
    const config = idrSlice === undefined ? this.#goOn(units, presentationTimeUs) : this.#begin(idrSlice);
    if (this.#awaiting !== null) {
      this.#droppedFrames++;
      return [];
    }
    this.#checkOrder(idrSlice ?? slice);
    this.drops.used();
    const frame: VideoFrame = {
      kind: "video-frame",
      codec: "h264",
      isKey: idrSlice !== undefined,
      decodeTimeUs: presentationTimeUs,
      presentationTimeUs,
      units,
    };
    return config === null ? [frame] : [config, frame];
  }

  /** Collects parameter sets; true for what stays in the frame. What nal_ref_idc says of them, no decoder minds. */
  #take(unit: Uint8Array): boolean {
    const header = unit[0] ?? 0;
    const type = nalUnitType(header);
    if (isForbidden(header)) {
      this.drops.damage("H.264: a NAL unit with forbidden_zero_bit set");
      return false;
    }
    if (isUnknownType(type)) {
      this.drops.ignore(`H.264: a NAL unit of nal_unit_type ${type}`);
      return false;
    }
    if (type === NalUnitType.sps || type === NalUnitType.pps) {
      this.#haveSetsChanged =
        (this.drops.guard(() => this.#sets.add(unit)) ?? false) || this.#haveSetsChanged;
    }
    return !DROPPED.has(type);
  }

  /** At an IDR picture: the settings, where they are not those announced. It activates its SPS (7.4.1.2.1). */
  #begin(idrSlice: Uint8Array): VideoConfig | null {
    const used = this.#sets.usedBy(idrSlice);
    if (used === null) {
      this.#awaiting = "the SPS and PPS of its IDR picture";
      if (this.#announced !== null) this.drops.damage("H.264: an IDR picture without its SPS and PPS");
      return null;
    }
    this.#awaiting = null;
    const config = this.#announce(used.sps);
    this.#haveSetsChanged = false;
    return config;
  }

  /** At any other picture, which keeps the SPS: only a PPS in use may have changed. */
  #goOn(units: readonly Uint8Array[], presentationTimeUs: number): VideoConfig | null {
    const announced = this.#announced;
    if (announced === null || !this.#mayGoOn(units, presentationTimeUs)) return null;
    this.#awaiting = null;
    if (!this.#haveSetsChanged) return null;
    const used = units.filter(isSliceUnit).map((slice) => this.#sets.usedBy(slice));
    const areKnown = used.every(
      (sets) => sets === null || announced.units.some((unit) => isSame(unit, sets.pps)),
    );
    return areKnown ? null : this.#announce(announced.sps);
  }

  #checkOrder(slice: Uint8Array): void {
    const sps = this.#announced?.sps.sps;
    if (sps === undefined || this.#order?.isReordered(slice, sps) !== true) return;
    throw new ReorderedPicturesError("H.264: B-frames, and no times at which to show them");
  }

  #mayGoOn(units: readonly Uint8Array[], presentationTimeUs: number): boolean {
    if (this.#awaiting !== "an IDR picture") return this.#awaiting === null;
    const waitedUs = Math.abs(presentationTimeUs - this.#lostUs);
    return waitedUs >= LONGEST_WAIT_US || units.some(isRecoveryPoint);
  }

  /** The settings of this SPS; null where they have been announced. */
  #announce(sps: SpsUnit): VideoConfig | null {
    const ppsUnits = this.#sets.ppsUnits(sps);
    const units = [sps.unit, ...ppsUnits];
    const known = this.#announced?.units ?? [];
    if (units.length === known.length && units.every((unit, at) => isSame(unit, known[at]))) return null;
    const decoderConfig = encodeAvcc({ spsUnits: [sps.unit], ppsUnits });
    this.#announced = { sps, units };
    const { width, height } = sps.sps;
    const maxReorderFrames = reorderDepth(sps.sps);
    return {
      ...{ kind: "video-config", codec: "h264", decoderConfig, parameterSets: units, width, height },
      ...(maxReorderFrames === null ? {} : { maxReorderFrames }),
    };
  }
}

function splitterOf({ lengthBytes }: Avcc): (accessUnit: Uint8Array) => Uint8Array[] {
  return (accessUnit) => splitLengthPrefixed(accessUnit, lengthBytes);
}

function typeOf(unit: Uint8Array): number {
  return nalUnitType(unit[0] ?? 0);
}

function isSliceUnit(unit: Uint8Array): boolean {
  return isSlice(typeOf(unit));
}
