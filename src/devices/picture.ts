/** 4:2:0 pictures have even sides: an odd screen or film loses its last row or column. */
export const EVEN_CROP = "crop=trunc(iw/2)*2:trunc(ih/2)*2";

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Width to height of one pixel, where it is not as wide as high. */
export type PixelAspect = Size;

/**
 * Filters that bring whatever an input changes to in mid-stream to the size that it began with: its shape stays, with black
 * bars beside it. The encoder's size is fixed, and ffmpeg alone would squeeze the picture into it.
 */
export function fittingFilters(size: Size, pixel: PixelAspect | null): readonly string[] {
  const even = { width: size.width - (size.width % 2), height: size.height - (size.height % 2) };
  const { width: a, height: b } = pixel ?? { width: 1, height: 1 };
  const width = `2*round(min(${even.width},${even.height}*dar*${b}/${a})/2)`;
  const height = `2*round(min(${even.height},${even.width}/dar*${a}/${b})/2)`;
  return [
    ...(even.width === size.width && even.height === size.height ? [] : [EVEN_CROP]),
    `scale=w='${width}':h='${height}':eval=frame`,
    `pad=${even.width}:${even.height}:-1:-1:eval=frame`,
    `setsar=${a}/${b}`,
  ];
}

const isEven = ({ width, height }: Size) => width % 2 === 0 && height % 2 === 0;

/**
 * The same where frames stay on a graphics chip, which has no filter in all of ffmpeg's versions that puts bars beside them: those of
 * another size end the process (`SIZE_CHANGED`), and the next one has them in main memory. Null for odd sizes, which have
 * to be cropped.
 */
export function gpuFittingFilters(size: Size): readonly string[] | null {
  if (!isEven(size)) return null;
  return [`crop=w='if(eq(iw,${size.width})*eq(ih,${size.height}),iw,-100)'`];
}

/** What ffmpeg says of it: no width that anybody would ask for. */
export const SIZE_CHANGED = /Invalid too big or non positive size for width '-100'/;

/** How RGB became the YUV of a picture. Unsaid, each player guesses by the picture's size, and greens come out wrong. */
export type ColorMatrix = "bt709" | "smpte170m";

/** Says in the filter graph what the picture's colours are. */
export function colorFilter(matrix: ColorMatrix): string {
  return `setparams=range=tv:colorspace=${matrix}:color_primaries=bt709:color_trc=bt709`;
}

/** Says the same to the encoder, for the SPS: ffmpeg 5 does not take it from the filters. */
export function colorOptions(matrix: ColorMatrix): readonly string[] {
  return [
    ...["-color_range", "tv", "-colorspace", matrix],
    ...["-color_primaries", "bt709", "-color_trc", "bt709"],
  ];
}

/** RGB to the colours that players expect of HD. */
export const RGB_TO_BT709 = `scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,${colorFilter("bt709")}`;
