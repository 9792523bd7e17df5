/** 4:2:0 pictures have even sides: an odd screen or film loses its last row or column. */
export const EVEN_CROP = "crop=trunc(iw/2)*2:trunc(ih/2)*2";

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
