import { UserError } from "../../errors.ts";
import { DiskError } from "../../recordings/disk.ts";
import { NotMadeYet } from "../../recordings/mp4-cache.ts";
import { type Answer, type Headers, refusal, refusalForNow } from "../http/answer.ts";

/** Another try may find the disk answering, or the file made. */
const RETRY_MS = 10_000;

export function noSuchRecording(headers: Headers): Answer {
  return refusal(404, "recording not found: it may have been deleted", headers);
}

/** What is said of a disk or an ffmpeg that fails. Messages may name paths: codes and reasons do not. */
export function refusalOf(error: unknown, headers: Headers): Answer {
  if (error instanceof NotMadeYet) return refusalForNow(503, "the .mp4 is being made", headers, RETRY_MS);
  if (error instanceof UserError) return refusal(500, `cannot make the .mp4 (${error.reason})`, headers);
  if (error instanceof Error && error.name === "AbortError")
    return refusalForNow(503, "the server is stopping", headers);
  if (error instanceof DiskError)
    return error.code === "ENOENT"
      ? noSuchRecording(headers)
      : refusalForNow(503, `the disk of the recordings fails (${error.code})`, headers, RETRY_MS);
  // The cache's own disk.
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return refusal(500, `cannot make the .mp4 (${error.code})`, headers);
  throw error;
}
