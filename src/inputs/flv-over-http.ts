import type { Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { FlvBytes, NotFlvError } from "./flv-bytes.ts";
import { askHttp } from "./http-answer.ts";
import { connectionFailure, statusFailure } from "./http-failure.ts";
import { messageSource, type OpeningOptions, openConnection } from "./message-source.ts";
import { isEndless } from "./url-facts.ts";

/**
 * The live stream of another server over HTTP; null for what is no FLV, or has an end: ffmpeg plays that. Certificates are
 * checked.
 * @throws UserError where the server refuses or is not reached, and for codecs that cannot be carried
 */
export async function openHttpFlv(url: string, options: OpeningOptions): Promise<Source | null> {
  const { label, timeoutMs } = options;
  const answer = await askHttp(url, { answerMs: timeoutMs, isVerified: true }).catch((error: Error) => {
    throw connectionFailure(label, error);
  });
  try {
    const refusal = statusFailure(label, answer.statusCode ?? 0);
    if (refusal !== null) throw refusal;
    if (!isEndless(answer)) return destroyed(answer);
    const opened = await openConnection((receiver) => {
      const bytes = new FlvBytes(label, receiver);
      answer.on("data", (chunk: Buffer) => bytes.push(chunk));
      answer.once("end", () => bytes.end(null));
      answer.once("error", (error) => bytes.end(connectionFailure(label, error)));
      return () => answer.destroy();
    }, options);
    return messageSource({ label, url }, opened);
  } catch (failure) {
    if (failure instanceof UserError && failure.cause instanceof NotFlvError) return destroyed(answer);
    answer.destroy();
    throw failure;
  }
}

function destroyed(answer: { destroy(): void }): null {
  answer.destroy();
  return null;
}
