import { writeFileSync } from "node:fs";
import { expect } from "vitest";
import type { Folder } from "./folder.ts";
import { decodeComplaints } from "./judges.ts";
import { type Recording, steps } from "./recording.ts";
import type { Viewer } from "./viewer.ts";

/** What a viewer may not notice of a failure: whatever happened, this holds of all that was received. */
export async function expectUnbroken(viewer: Viewer, folder: Folder): Promise<void> {
  const { recording } = viewer;
  const { tracks } = recording;
  expect(Math.min(...steps(recording.pictures)), "pictures step back in time").toBeGreaterThan(0);
  if (tracks?.audio)
    expect(Math.min(...steps(recording.sounds)), "sound steps back in time").toBeGreaterThan(0);
  expect({ video: recording.video.length > 0, audio: recording.audio.length > 0 }).toEqual(tracks);
  expect(settingsWithoutKeyFrame(recording), "settings that no key frame follows").toBe(0);
  const path = folder.file(`${crypto.randomUUID()}.flv`);
  writeFileSync(path, viewer.bytes);
  expect(await decodeComplaints(path)).toBe("");
}

/** The longest that either track stood still, in the stream's own time. */
export function longestGapMs({ pictures, sounds }: Recording): number {
  return Math.max(...[pictures, sounds].flatMap((track) => steps(track)));
}

/** How often the video's settings came. */
export function settingsSent({ video }: Recording): number {
  return video.filter(({ kind }) => kind === "video-config").length;
}

function settingsWithoutKeyFrame({ video }: Recording): number {
  return video.filter((tag, index) => {
    const next = video[index + 1];
    return tag.kind === "video-config" && next?.kind === "video-frame" && !next.isKey;
  }).length;
}
