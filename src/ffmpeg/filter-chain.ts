import type { SourceVideo } from "../devices/source.ts";
import type { ChosenEncoder, VideoGoal } from "./encoder.ts";
import { deinterlacing, geometryFilters, noFilters, sizeAfter, type VideoFilters } from "./video-filters.ts";

interface FilterOptions extends Pick<VideoGoal, "size" | "fps"> {
  readonly filters?: VideoFilters;
  /** See `PlanOptions`. */
  readonly timeOverlay?: string | null;
}

/** The size that is encoded; null where it is not known. @throws UserError where the video cannot be cropped as wanted */
export function encodedSize(
  video: SourceVideo,
  { size, filters = noFilters }: Pick<FilterOptions, "size" | "filters">,
): SourceVideo["size"] {
  const filtered = sizeAfter(video.size, filters);
  return size ?? filtered;
}

/** What the filters of one input have to do. */
export interface WantedFilters {
  /** What is done to frames, in main memory, at their own size, and after they have got another. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly size: SourceVideo["size"];
  readonly rate: readonly string[];
}

/** What the user wants done to the video, and what brings it to the size and rate that the source does not have. */
export function wantedFilters(video: SourceVideo, options: FilterOptions): WantedFilters {
  const { size, fps, filters = noFilters, timeOverlay = null } = options;
  const filtered = sizeAfter(video.size, filters);
  const isOtherSize = size !== null && (size.width !== filtered?.width || size.height !== filtered.height);
  const before = [
    ...deinterlacing(filters.deinterlace, video.isInterlaced ?? false),
    ...geometryFilters(filters),
  ];
  const after = timeOverlay === null ? [] : [timeOverlay];
  return {
    ...{ before, after, size: isOtherSize ? size : null },
    rate: isOtherRate(video, options) ? [`fps=${fps}`] : [],
  };
}

export function cpuFilters(
  video: SourceVideo,
  { encoder, widthStep }: ChosenEncoder,
  { before, after, size, rate }: WantedFilters,
): readonly string[] {
  return [
    ...[...video.filters, ...before],
    ...(size === null ? [] : [`scale=${size.width}:${size.height}`]),
    ...[...rate, ...after],
    ...(widthStep === undefined ? [] : [`scale=trunc(iw/${widthStep})*${widthStep}:ih`]),
    ...encoder.filters,
  ];
}

/** The same, for frames that stay on the encoder's chip. */
export function gpuFilters(
  video: SourceVideo,
  { decodes }: ChosenEncoder["encoder"],
  { size, rate }: WantedFilters,
): readonly string[] {
  return [...(video.gpuFilters ?? []), ...rate, ...(decodes?.frames?.(size) ?? [])];
}

/** Whether the source does not have the rate that is wanted: a filter makes and holds it. */
export function isOtherRate(video: SourceVideo, { fps }: Pick<FilterOptions, "fps">): boolean {
  return fps !== null && fps !== video.fps;
}
