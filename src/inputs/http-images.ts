import { UserError } from "../errors.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { type JpegImage, JpegSplitter } from "../media/jpeg/splitter.ts";
import { problemOf } from "../system/connection-problem.ts";
import { askHttp } from "./http-answer.ts";
import { statusFailure } from "./http-failure.ts";

export interface ImageUrl {
  readonly url: string;
  readonly label: string;
}

/** So many bytes without an image are no camera's. */
const MAX_BYTES_BEFORE = 16 * 1024 * 1024;
/** How long a camera may take to send an image. */
const FIRST_IMAGE_MS = 10_000;
/** How far apart the images of one answer may be; sooner, they are judged by their distance (`timing/stall-bound.ts`). */
const MAX_STEP_MS = 300_000;

/**
 * The JPEG images in one answer of a server, each as soon as it is whole.
 * @throws UserError where the server refuses, sends something else, or takes too long
 */
export async function* readImages(
  { url, label }: ImageUrl,
  signal: AbortSignal,
): AsyncGenerator<JpegImage, void, undefined> {
  const late = new AbortController();
  const isLate = () => late.abort();
  let timer = setTimeout(isLate, FIRST_IMAGE_MS);
  signal.addEventListener("abort", isLate, { once: true });
  try {
    const answer = await askHttp(url, { signal: late.signal, answerMs: FIRST_IMAGE_MS });
    const refusal = statusFailure(label, answer.statusCode ?? 0);
    if (refusal !== null) throw refusal;
    const splitter = new JpegSplitter();
    let images = 0;
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      for (const image of splitter.push(chunk)) {
        images += 1;
        clearTimeout(timer);
        yield image;
        timer = setTimeout(isLate, MAX_STEP_MS);
      }
      if (images === 0 && bytes > MAX_BYTES_BEFORE) break;
    }
    if (images === 0) throw noImage(label, bytes, answer.headers["content-type"]);
  } catch (error) {
    throw failureOf(label, error, late.signal.aborted);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", isLate);
    late.abort(); // a caller that stops early leaves a connection open
  }
}

function noImage(label: string, bytes: number, contentType = ""): UserError {
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(contentType)?.[0].slice(0, 40) ?? "";
  return new UserError("brokenInput", `${label} ${wrongContent(bytes, type)}`);
}

function wrongContent(bytes: number, type: string): string {
  if (bytes === 0) return "sends no data; check that the camera is on and the URL is right";
  if (/^text\/html|^application\/xhtml/i.test(type))
    return "is a web page, not a video stream; check the URL";
  if (/^image\/jpe?g$/i.test(type)) return "sends incomplete or damaged JPEG images; check the camera";
  return `sends ${type === "" ? "data" : type} that is neither a stream ffmpeg can read nor JPEG images; check the URL`;
}

function failureOf(label: string, error: unknown, isLate: boolean): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof CorruptInputError)
    return new UserError("brokenInput", `${label}: ${error.message}`, { cause: error });
  const failure = error as NodeJS.ErrnoException; // node:http rejects with nothing else
  const { code } = failure;
  if (code === "ECONNRESET" || code === "HPE_INVALID_CONSTANT" || code === "HPE_INVALID_EOF_STATE") {
    const problem = "the server closed the connection without an HTTP response; check the URL and the port";
    return new UserError("deviceAbsent", `${label}: ${problem}`, { cause: error });
  }
  const problem = isLate ? "no image in time" : problemOf(failure);
  const text = `${label}: ${problem}; check that the camera is on and the URL is right`;
  return new UserError("deviceAbsent", text, { cause: error });
}
