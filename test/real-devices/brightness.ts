import { mustRun } from "../run.ts";

const COLUMNS = 9;

/** The mean brightness of each picture, as a viewer sees it: 0 to 255. */
export async function brightnessOfPictures(path: string): Promise<readonly number[]> {
  return await brightness(path, "scale=1:1:flags=area");
}

/** The mean brightness of the last picture's left, middle and right third, without the edges between them. */
export async function greyThirds(path: string): Promise<readonly number[]> {
  const last = (await brightness(path, `crop=iw:ih*0.8,scale=${COLUMNS}:1:flags=area`)).slice(-COLUMNS);
  return [1, 4, 7].map((column) => last[column] ?? Number.NaN);
}

/** Through RGB, as on a screen: on its way to ffmpeg's `gray`, full range is stretched once more. */
async function brightness(path: string, filter: string): Promise<readonly number[]> {
  const { bytes } = await mustRun(
    ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-i", path, "-map", "0:v"].concat([
      ...["-vf", `${filter},format=rgb24`, "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
    ]),
  );
  return Array.from({ length: bytes.length / 3 }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = bytes.subarray(pixel * 3, pixel * 3 + 3);
    return (red + green + blue) / 3;
  });
}
