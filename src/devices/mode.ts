import type { Mode } from "./device.ts";
import type { Size } from "./picture.ts";

/** What the user wants of a camera; null where flvcast is to choose. */
export interface ModeRequest {
  readonly size: Size | null;
  readonly fps: number | null;
  /** What is to be cut out must fit. */
  readonly atLeast?: Size | null;
  readonly inputFormat: string | null;
  /** The camera's own H.264 may go out as it is: nothing was asked for that takes an encoder of ours. */
  readonly mayCopy: boolean;
}

/** How a camera is to be opened; null where it is left to the driver. */
export interface ChosenMode {
  readonly format: string | null;
  readonly coding: Mode["coding"];
  readonly size: Size | null;
  readonly fps: number | null;
  /** The slowest rate that the camera names for this format and size: in the dark it may fall to it, unasked. */
  readonly slowestFps: number | null;
  /** Its H.264 goes out as it is. */
  readonly copies: boolean;
}

/** Looked for where the user says nothing: what a camera of any age, a Pi's encoder and a phone can all do. */
const DEFAULT_SIZE: Size = { width: 1280, height: 720 };
const DEFAULT_FPS = 30;
/** A picture that moves is worth more than a large one: 640x480 at 30 goes before 1280x720 at 10. */
const RATE_WEIGHT = 3;

/**
 * The mode that comes nearest to what is wanted: the size first, where one was asked for, then the rate; among equals
 * the camera's own H.264 when it may be copied, then raw, then MJPEG.
 *
 * @returns null when the camera has modes, and none of the format asked for
 */
export function chooseMode(modes: readonly Mode[], request: ModeRequest): ChosenMode | null {
  if (modes.length === 0)
    return { ...asAsked(request), coding: codingOf(request.inputFormat), slowestFps: null, copies: false };
  const usable = modes.filter((mode) =>
    request.inputFormat === null ? mode.coding !== "other" : mode.format === request.inputFormat,
  );
  const [best] = usable.map((mode) => offer(mode, request)).toSorted((a, b) => a.cost - b.cost);
  return best?.mode ?? null;
}

const asAsked = ({ inputFormat, size, fps }: ModeRequest) => ({ format: inputFormat, size, fps });

function codingOf(format: string | null): Mode["coding"] {
  return format === "mjpeg" || format === "h264" ? format : "raw";
}

function offer(mode: Mode, request: ModeRequest): { readonly mode: ChosenMode; readonly cost: number } {
  const wanted = covering(request.size ?? DEFAULT_SIZE, request.atLeast ?? null);
  const size = nearestSize(mode.sizes, wanted);
  const fps = nearestRate(mode.rates, request.fps ?? DEFAULT_FPS);
  const reached = fps ?? likelyRate(mode, size);
  const sizeOff = sizeDistance(size, wanted) * (request.size === null ? 1 : 4) + tooSmall(size, request);
  const rateOff = Math.max(0, 1 - reached / (request.fps ?? DEFAULT_FPS)) * RATE_WEIGHT;
  const fits = (request.size === null || sizeOff === 0) && rateOff < 0.02;
  const copies = mode.coding === "h264" && request.mayCopy && fits && isRateAsRequested(fps, request.fps);
  return {
    // A rate that nobody told of is asked for, too: the driver then says what it makes of it.
    mode: {
      ...{ format: mode.format, coding: mode.coding, size, copies },
      ...{ fps: fps ?? request.fps ?? DEFAULT_FPS, slowestFps: slowestRate(mode.rates) },
    },
    cost: sizeOff + rateOff + (copies ? -0.001 : codingCost(mode)),
  };
}

function covering(size: Size, least: Size | null): Size {
  if (least === null) return size;
  return { width: Math.max(size.width, least.width), height: Math.max(size.height, least.height) };
}

/** More than any difference in size or rate costs. */
function tooSmall(size: Size, { atLeast = null }: ModeRequest): number {
  return atLeast !== null && (size.width < atLeast.width || size.height < atLeast.height) ? 100 : 0;
}

/** A rate above the one asked for is thinned out by a filter, which needs pictures that are decoded. */
function isRateAsRequested(fps: number | null, wanted: number | null): boolean {
  return wanted === null || fps === null || Math.abs(fps - wanted) < 0.02 * wanted;
}

/** Raw needs no decoding; planar 4:2:0 is what encoders eat. All are small beside any difference in size or rate. */
function codingCost({ coding, format }: Mode): number {
  switch (coding) {
    case "raw":
      return RAW_COST[format] ?? 0.009;
    case "mjpeg":
      return 0.01;
    case "h264":
      return 0.02;
    case "other":
      return 0.03;
  }
}

const RAW_COST: Readonly<Record<string, number>> = {
  yuv420p: 0,
  nv12: 0.001,
  yuyv422: 0.002,
  uyvy422: 0.002,
};

/** What a USB 2 camera gets through its cable, in bytes a second: 24 MB of isochronous transfer. */
const USB2_BYTES_PER_SECOND = 24e6;
const RAW_BYTES_PER_PIXEL = 2;

/** Where the driver did not tell: what compresses reaches the usual rate, raw what its cable lets through. */
function likelyRate({ coding }: Mode, { width, height }: Size): number {
  if (coding !== "raw") return DEFAULT_FPS;
  return Math.min(DEFAULT_FPS, USB2_BYTES_PER_SECOND / (width * height * RAW_BYTES_PER_PIXEL));
}

/** 0 for the same; what is smaller has lost pixels, and what is of another shape gets bars or a squeeze. */
function sizeDistance(size: Size, wanted: Size): number {
  const pixels = Math.log((size.width * size.height) / (wanted.width * wanted.height));
  const shape = Math.abs(Math.log(size.width / size.height / (wanted.width / wanted.height)));
  return Math.abs(pixels) + (pixels < 0 ? 0.2 : 0) + (shape > 0.02 ? 0.1 : 0);
}

function nearestSize(sizes: Mode["sizes"], wanted: Size): Size {
  if (sizes.kind === "discrete") return { width: sizes.width, height: sizes.height };
  const { min, max, step } = sizes;
  return {
    width: stepped(wanted.width, min.width, max.width, step.width),
    height: stepped(wanted.height, min.height, max.height, step.height),
  };
}

function stepped(wanted: number, min: number, max: number, step: number): number {
  const steps = Math.round((Math.min(Math.max(wanted, min), max) - min) / Math.max(step, 1));
  return Math.min(min + steps * Math.max(step, 1), max);
}

/** The lowest rate that is enough, else the highest there is; null where the driver did not tell. */
function nearestRate(rates: Mode["rates"], wanted: number): number | null {
  switch (rates.kind) {
    case "unknown":
      return null;
    case "range":
      return Math.min(Math.max(wanted, rates.minFps), rates.maxFps);
    case "discrete": {
      const enough = rates.fps.filter((fps) => fps >= wanted * 0.99); // 29.97 counts as 30
      return enough.length > 0 ? Math.min(...enough) : Math.max(...rates.fps, 0) || null;
    }
  }
}

function slowestRate(rates: Mode["rates"]): number | null {
  switch (rates.kind) {
    case "unknown":
      return null;
    case "range":
      return rates.minFps;
    case "discrete":
      return rates.fps.length > 0 ? Math.min(...rates.fps) : null;
  }
}
