import { Buffer } from "node:buffer";
import { CorruptInputError } from "../corrupt-input.ts";
import { LONGEST_WAIT_US } from "../nal/track.ts";
import type { VideoConfig, VideoFrame } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";
import { configObus, encodeAv1c, isAv1c } from "./av1c.ts";
import { frameOf, isShownKeyFrame } from "./frame-header.ts";
import { type Obu, ObuType, splitObus } from "./obu.ts";
import { parseSequenceHeader, type SequenceHeader } from "./sequence-header.ts";

/** What has no place in a container's frames (AV1 in ISOBMFF, 2.4), or stands in their config. */
const DROPPED: ReadonlySet<number> = new Set([
  ObuType.temporalDelimiter,
  ObuType.sequenceHeader,
  ObuType.padding,
]);

interface Sequence {
  /** The whole OBU. */
  readonly unit: Uint8Array;
  readonly header: SequenceHeader;
}

/**
 * Turns temporal units of AV1 into packets. The first is a VideoConfig, the second its key frame; whatever comes before is
 * dropped and counted. After one that is damaged, so are those up to the next key frame.
 */
export class Av1Track {
  readonly drops = new UnitDrops();
  #sequence: Sequence | null = null;
  #announced: Sequence | null = null;
  #isWaiting = true;
  #lostUs = Number.NEGATIVE_INFINITY;
  #droppedFrames = 0;

  /** @param extradata an av1C, OBUs, or nothing. @throws CorruptInputError for private data that are neither */
  constructor(extradata: Uint8Array = new Uint8Array(0)) {
    this.configure(extradata);
  }

  /** From the next temporal unit on, these private data hold. @throws CorruptInputError as the constructor does */
  configure(extradata: Uint8Array): void {
    const obus = splitObus(isAv1c(extradata) ? configObus(extradata) : extradata);
    for (const obu of obus) this.#take(obu);
  }

  /** Frames dropped because they could not be decoded without others. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** Takes one whole temporal unit. It is shown when it is decoded: what is shown later is in it as a unit of its own. */
  push(temporalUnit: Uint8Array, presentationTimeUs: number): (VideoConfig | VideoFrame)[] {
    try {
      return this.#read(temporalUnit, presentationTimeUs);
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      this.drops.damage(error.message);
      this.#lostUs = presentationTimeUs;
      this.#isWaiting = true;
      return [];
    }
  }

  #read(temporalUnit: Uint8Array, presentationTimeUs: number): (VideoConfig | VideoFrame)[] {
    const obus = splitObus(temporalUnit);
    for (const obu of obus) this.#take(obu);
    const first = frameOf(obus);
    if (first === undefined) return [];
    const isKey = this.#sequence !== null && isShownKeyFrame(first, this.#sequence.header);
    if (isKey) this.#isWaiting = false;
    if (this.#announced !== null && presentationTimeUs - this.#lostUs >= LONGEST_WAIT_US)
      this.#isWaiting = false;
    if (this.#isWaiting) {
      this.#droppedFrames++;
      return [];
    }
    this.drops.used();
    const units = obus.filter(({ type }) => !DROPPED.has(type)).map(({ unit }) => unit);
    const config = isKey ? this.#announce() : null;
    const frame: VideoFrame = {
      ...{ kind: "video-frame", codec: "av1", isKey, units },
      ...{ decodeTimeUs: presentationTimeUs, presentationTimeUs },
    };
    return config === null ? [frame] : [config, frame];
  }

  /** A copy of a sequence header: it outlives the frame. */
  #take({ type, unit, payload }: Obu): void {
    if (type !== ObuType.sequenceHeader) return;
    if (this.#sequence !== null && Buffer.compare(this.#sequence.unit, unit) === 0) return;
    this.#sequence = { unit: new Uint8Array(unit), header: parseSequenceHeader(payload) };
  }

  /** At a key frame: the settings, where they are not those announced. */
  #announce(): VideoConfig | null {
    const sequence = this.#sequence;
    if (sequence === null || sequence === this.#announced) return null;
    this.#announced = sequence;
    const { unit, header } = sequence;
    const { width, height } = header;
    return {
      ...{ kind: "video-config", codec: "av1", decoderConfig: encodeAv1c(header, unit) },
      ...{ parameterSets: [unit], width, height, maxReorderFrames: 0 },
    };
  }
}
