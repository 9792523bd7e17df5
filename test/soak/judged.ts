import { writeFileSync } from "node:fs";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { decodeComplaints } from "../e2e/judges.ts";
import type { Visited } from "./visited.ts";

/** What a viewer may miss: its own start, the server held up, a busy machine. */
const LONGEST_GAP_MS = 10_000;

/**
 * Whether a stream, cut off anywhere, decodes, and no track of it steps back.
 * @param watchedMs how long it was watched without a break: it has to have gone on all the time
 */
export async function judged(
  bytes: Buffer,
  { path, target }: Visited,
  watchedMs = 0,
): Promise<string | null> {
  const { pictures, stepsBack, spanMs, byteLength } = wholeTags(bytes);
  writeFileSync(path, bytes.subarray(0, byteLength));
  if (target.isSteady && spanMs < watchedMs - LONGEST_GAP_MS)
    return `${path}: it got ${spanMs} ms of the stream in ${watchedMs} ms`;
  if (pictures === 0) return null; // gone before the first picture, or turned away
  if (stepsBack > 0) return `${path}: ${stepsBack} timestamps step back`;
  const complaints = await decodeComplaints(path);
  return complaints === "" ? null : `${path}: ${complaints}`;
}

function wholeTags(bytes: Buffer) {
  const last = new Map<TagType, number>();
  let firstMs = Number.POSITIVE_INFINITY;
  const sum = { pictures: 0, stepsBack: 0, byteLength: 0 };
  for (const event of new FlvDemuxer().push(bytes)) {
    sum.byteLength += event.kind === "header" ? 13 : 11 + event.body.length + 4;
    if (event.kind === "header" || event.type === TagType.script) continue;
    if (event.timestampMs < (last.get(event.type) ?? 0)) sum.stepsBack += 1;
    last.set(event.type, event.timestampMs);
    firstMs = Math.min(firstMs, event.timestampMs);
    if (event.type === TagType.video) sum.pictures += 1;
  }
  const spanMs = last.size === 0 ? 0 : Math.max(...last.values()) - firstMs;
  return { ...sum, spanMs };
}
