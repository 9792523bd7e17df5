import { encodeClockBody, type StreamClock } from "./clock-body.ts";
import { TagType } from "./layout.ts";
import { encodeTag, type Tag } from "./tag.ts";

/** The tag that tells viewers how old a picture is. Like metadata it is of no moment: ffmpeg takes one with a time for a subtitle. */
export function encodeClock(clock: StreamClock): Tag {
  return { role: "clock", timestampMs: 0, bytes: encodeTag(TagType.script, 0, [encodeClockBody(clock)]) };
}
