import type { ChosenEncoder } from "../ffmpeg/encoder.ts";

/** What is to be expected of an encoder at a size, and what to do about it; null where nothing speaks against it. */
export function warningOf(
  { encoder, libraryVersion }: ChosenEncoder,
  size: { readonly width: number; readonly height: number },
): string | null {
  const { name, easySize } = encoder;
  if (easySize !== undefined && size.width * size.height > easySize.width * easySize.height)
    return (
      `${name} may be too slow for ${size.width}x${size.height} on two cores; ` +
      `use --size ${easySize.width}x${easySize.height}, a hardware encoder or --video-codec h264`
    );
  if (name === "libsvtav1" && libraryVersion?.startsWith("1."))
    return (
      `SVT-AV1 ${libraryVersion} delays video by 2 to 3 frames; ` +
      "use an ffmpeg with SVT-AV1 2 or later (--ffmpeg PATH), or --encoder libaom-av1, which needs more CPU time"
    );
  return null;
}
