import { CorruptInputError, ReorderedPicturesError } from "../corrupt-input.ts";
import { splitAnnexB } from "../h264/annexb.ts";
import { splitLengthPrefixed } from "../h264/avcc.ts";
import type { VideoConfig, VideoFrame } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";
import type { NalCodec, NalSets, NalUnitUse, SpsUnit } from "./codec.ts";
import { isSame } from "./parameter-sets.ts";

/** So long nothing is sent after a lost picture, for want of a key picture: then decoders make what they can of it. */
export const LONGEST_WAIT_US = 10e6;

export interface NalTrackOptions {
  /** The times are those of arrival: B-frames are an error, since nobody knows when they are to be shown. */
  readonly isTimedByArrival?: boolean;
}

interface Announced<Sps> {
  readonly sps: SpsUnit<Sps>;
  readonly units: readonly Uint8Array[];
}

/**
 * Turns access units into packets. The first is a VideoConfig, the second its key picture; whatever comes
 * before is dropped and counted. A unit that is damaged, or that decoders ignore, is dropped; where a picture is lost with it,
 * so are those up to the next key picture or recovery point, since they are decoded by it.
 */
export class NalTrack<Sps> {
  readonly drops = new UnitDrops();
  readonly #codec: NalCodec<Sps>;
  #split: (accessUnit: Uint8Array) => Uint8Array[];
  readonly #sets: NalSets<Sps>;
  #announced: Announced<Sps> | null = null;
  /** Sets have come that may differ from those announced. */
  #haveSetsChanged = false;
  #awaiting: "key" | "sets" | null = "key";
  /** Nothing stands before the next key picture that others could be decoded by. */
  #isFresh = true;
  /** Nothing stood before the last one. */
  #skipsLeading = false;
  /** Time of the picture that was lost last. */
  #lostUs = Number.NEGATIVE_INFINITY;
  #droppedFrames = 0;
  /** Null where the times tell it. */
  readonly #order: ReturnType<NalCodec<Sps>["openOrder"]> | null;

  /**
   * `extradata` is the codec's private data, if there is any: a configuration record, and then the access units are made of units
   * behind their lengths (ISO/IEC 14496-15), or Annex B, and then they have start codes.
   *
   * @throws CorruptInputError for private data that are neither
   */
  constructor(codec: NalCodec<Sps>, extradata: Uint8Array, { isTimedByArrival = false }: NalTrackOptions) {
    this.#codec = codec;
    this.#sets = codec.openSets();
    this.#order = isTimedByArrival ? codec.openOrder() : null;
    this.#split = (accessUnit) => splitAnnexB(accessUnit, codec.name);
    this.configure(extradata);
  }

  /** From the next access unit on, these private data hold. @throws CorruptInputError as the constructor does */
  configure(extradata: Uint8Array): void {
    const { name } = this.#codec;
    const record = this.#codec.readRecord(extradata);
    this.#split =
      record === null
        ? (accessUnit) => splitAnnexB(accessUnit, name)
        : (accessUnit) => splitLengthPrefixed(accessUnit, record.lengthBytes, name);
    for (const unit of record?.units ?? splitAnnexB(extradata, name)) this.#take(unit);
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
    this.#awaiting ??= "key";
    this.#isFresh = true;
  }

  #read(accessUnit: Uint8Array, presentationTimeUs: number): (VideoConfig | VideoFrame)[] {
    const { codec, useOf, isReferenced } = this.#codec;
    const all = this.#split(accessUnit);
    const units = all.filter((unit) => this.#take(unit));
    const isSliceUnit = (unit: Uint8Array) => isSlice(useOf(unit));
    const slice = units.find(isSliceUnit);
    const damaged = units.length === all.length ? [] : all.filter(isForbidden);
    if (damaged.some(isSliceUnit) || (slice === undefined && damaged.length > 0)) {
      if (damaged.some(isReferenced)) this.#waitFrom(presentationTimeUs);
      return [];
    }
    if (slice === undefined) return [];
    const keySlice = units.find((unit) => useOf(unit) === "key-slice");
    const config = keySlice === undefined ? this.#goOn(units, presentationTimeUs) : this.#begin(keySlice);
    if (units.length < all.length && all.some((unit) => useOf(unit) === "end-of-sequence"))
      this.#isFresh = true;
    if (this.#awaiting !== null || (this.#skipsLeading && useOf(slice) === "leading-slice")) {
      this.#droppedFrames++;
      return config === null ? [] : [config];
    }
    this.#checkOrder(keySlice ?? slice);
    this.drops.used();
    const frame: VideoFrame = {
      ...{ kind: "video-frame", codec, isKey: keySlice !== undefined },
      ...{ decodeTimeUs: presentationTimeUs, presentationTimeUs, units },
    };
    return config === null ? [frame] : [config, frame];
  }

  #take(unit: Uint8Array): boolean {
    const { name, describe, useOf } = this.#codec;
    if (isForbidden(unit)) {
      this.drops.damage(`${name}: a NAL unit with forbidden_zero_bit set`);
      return false;
    }
    switch (useOf(unit)) {
      case "unknown":
        this.drops.ignore(`${name}: a NAL unit of ${describe(unit)}`);
        return false;
      case "parameter-set": {
        const hasChanged = this.drops.guard(() => this.#sets.add(unit)) ?? false;
        this.#haveSetsChanged = hasChanged || this.#haveSetsChanged;
        return false;
      }
      case "framing":
      case "end-of-sequence":
        return false;
      default:
        return true;
    }
  }

  /** At a key picture: the settings, where they are not those announced. It activates its SPS (7.4.1.2.1; H.265, 7.4.2.4.2). */
  #begin(keySlice: Uint8Array): VideoConfig | null {
    const used = this.#sets.usedBy(keySlice);
    if (used === null) {
      const { name, keyPicture } = this.#codec;
      this.#awaiting = "sets";
      if (this.#announced !== null) this.drops.damage(`${name}: ${keyPicture} without its parameter sets`);
      return null;
    }
    this.#awaiting = null;
    this.#skipsLeading = this.#isFresh;
    this.#isFresh = false;
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
    const used = units
      .filter((unit) => isSlice(this.#codec.useOf(unit)))
      .map((slice) => this.#sets.usedBy(slice));
    const areKnown = used.every(
      (sets) => sets === null || announced.units.some((unit) => isSame(unit, sets.pps)),
    );
    return areKnown ? null : this.#announce(announced.sps);
  }

  #checkOrder(slice: Uint8Array): void {
    const sps = this.#announced?.sps.sps;
    if (sps === undefined || this.#order?.isReordered(slice, sps) !== true) return;
    throw new ReorderedPicturesError(`${this.#codec.name}: B-frames, and no times at which to show them`);
  }

  #mayGoOn(units: readonly Uint8Array[], presentationTimeUs: number): boolean {
    if (this.#awaiting !== "key") return this.#awaiting === null;
    const waitedUs = Math.abs(presentationTimeUs - this.#lostUs);
    return waitedUs >= LONGEST_WAIT_US || units.some(this.#codec.isRecoveryPoint);
  }

  /** The settings of this SPS; null where they have been announced. */
  #announce(sps: SpsUnit<Sps>): VideoConfig | null {
    const units = this.#sets.unitsOf(sps);
    const known = this.#announced?.units ?? [];
    if (units.length === known.length && units.every((unit, at) => isSame(unit, known[at]))) return null;
    const { codec, settings } = this.#codec;
    const told = settings(sps.sps, units);
    this.#announced = { sps, units };
    return { kind: "video-config", codec, parameterSets: units, ...told };
  }
}

function isSlice(use: NalUnitUse): boolean {
  return use === "slice" || use === "key-slice" || use === "leading-slice";
}

/** forbidden_zero_bit, the first of both codecs: the unit is damaged. */
function isForbidden(unit: Uint8Array): boolean {
  return ((unit[0] ?? 0) & 0x80) !== 0;
}
