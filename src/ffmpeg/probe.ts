import { allOpenOptions, isRtsp, type Media } from "../devices/media.ts";
import { type InputStreams, isListing, parseStreams } from "../devices/streams.ts";
import { UserError } from "../errors.ts";
import { buildArguments } from "./arguments.ts";
import type { FfmpegBinary } from "./find.ts";
import { FfmpegProcess } from "./process.ts";
import { failureOf } from "./reason.ts";

/**
 * What is in a file or behind a URL, in ffmpeg's own words (ffprobe is not everywhere where ffmpeg is).
 * @throws UserError with ffmpeg's reason when it cannot be opened, or after `timeoutMs`.
 */
export async function probeMedia(
  ffmpeg: FfmpegBinary,
  media: Media,
  timeoutMs: number,
  redact: (text: string) => string,
): Promise<InputStreams> {
  const listing: string[] = [];
  const { feed } = media;
  let detach: (() => void) | undefined;
  const process = new FfmpegProcess({
    path: ffmpeg.path,
    args: buildArguments({
      input: {
        options: ["-hide_banner", "-nostdin", ...descriptionShown(media), ...allOpenOptions(media)],
        url: media.url,
      },
      outputs: [],
    }),
    outputs: new Map(),
    onStderrLine: (line) => listing.length < MAX_LISTING_LINES && listing.push(line),
    redact: (line) => (isListing(line) ? line : redact(line)),
    stdin: feed && ((stdin) => void (detach = feed.attachToProbe(stdin))),
  });
  const exit = await withTimeout(process, timeoutMs);
  detach?.();
  if (exit === null) {
    throw new UserError(
      "notReady",
      `${media.label} did not respond within ${timeoutMs / 1000} s (--ready-timeout)`,
    );
  }
  const streams = parseStreams(listing.join("\n"));
  if (streams === null) throw failureOf(media.label, exit);
  return streams;
}

const MAX_LISTING_LINES = 2000;

/** At this level ffmpeg shows the SDP: see `describedVideos`. */
function descriptionShown({ url }: Media): readonly string[] {
  return isRtsp(url) ? ["-loglevel", "verbose"] : [];
}

async function withTimeout(process: FfmpegProcess, timeoutMs: number) {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void process.stop(); // its end is awaited below
  }, timeoutMs);
  const exit = await process.exited;
  clearTimeout(timer);
  return isLate ? null : exit;
}
