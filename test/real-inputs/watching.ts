import { writeFileSync } from "node:fs";
import { TagType } from "../../src/media/flv/layout.ts";
import type { Folder } from "../e2e/folder.ts";
import { decodeComplaints, decodedHashes } from "../e2e/judges.ts";
import type { Recording } from "../e2e/recording.ts";
import type { Viewer } from "../e2e/viewer.ts";

/** What a viewer got in some time of watching. */
export interface Watched {
  /** The stream's time against the wall's: 1 is right. */
  readonly speed: number;
  readonly recording: Recording;
  /** Between neighbouring pictures, in the mean, once the burst at the beginning is over. */
  readonly stepMs: number;
}

/** Watches from the next picture on for so many more; what came before, the beginning's burst, is not measured. */
export async function watchPictures(viewer: Viewer, pictures: number): Promise<Watched> {
  const had = await nextPicture(viewer);
  const [beganMs, fromMs] = [performance.now(), lastMs(viewer)];
  await viewer.until(({ recording }) => recording.pictures.length >= had + pictures);
  const { recording } = viewer;
  const spanMs = lastMs(viewer) - fromMs;
  const stepMs = spanMs / (recording.pictures.length - had);
  return { speed: spanMs / (performance.now() - beganMs), recording, stepMs };
}

async function nextPicture(viewer: Viewer): Promise<number> {
  const had = viewer.recording.pictures.length;
  await viewer.until(({ recording }) => recording.pictures.length > had);
  return viewer.recording.pictures.length;
}

const lastMs = ({ recording }: Viewer) => recording.pictures.at(-1)?.timestampMs ?? 0;

/** With each picture: by how much the sound that came before it is ahead of it, in milliseconds. */
export function soundLeadsMs({ tags }: Recording): readonly number[] {
  let soundMs = Number.NaN;
  return tags.flatMap(({ type, timestampMs }) => {
    if (type === TagType.audio) soundMs = timestampMs;
    return type === TagType.video ? [soundMs - timestampMs] : [];
  });
}

/** How many of the pictures are shown a second time, or more often; @throws what ffmpeg finds wrong with the stream */
export async function repeatedPictures(viewer: Viewer, folder: Folder): Promise<number> {
  const path = folder.file(`${crypto.randomUUID()}.flv`);
  writeFileSync(path, viewer.bytes);
  const complaints = await decodeComplaints(path);
  if (complaints !== "") throw new Error(complaints);
  const hashes = await decodedHashes(path, "v");
  return hashes.length - new Set(hashes).size;
}
