import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { exitCodes, UserError } from "../errors.ts";
import { isListedSegment, type ListedSegment } from "../recordings/listed.ts";
import type { PublishAddress, Still, StreamStatus } from "../stream.ts";
import { type Holder, holderOf } from "./name-lock.ts";
import {
  type Asked,
  digestsOf,
  encodeLine,
  MAX_CLIP_BYTES,
  MAX_RECORDINGS_BYTES,
  MAX_REPLY_BYTES,
  MAX_STILL_BYTES,
  type OptionTexts,
  parseReply,
  type Reply,
  type Request,
  readLine,
} from "./protocol.ts";
import { serverNameOf } from "./server-key.ts";
import type { RunningStream } from "./streams.ts";

/** An end in order gives viewers three seconds and ffmpeg two; a restart waits for a device to be opened. */
const TIMEOUT_MS: Readonly<Record<Request, number>> = {
  status: 5000,
  url: 5000,
  publish: 5000,
  options: 5000,
  clip: 5000, // to begin
  recordings: 5000,
  keep: 15_000, // of a disk that does not answer, it is known by then
  unkeep: 15_000,
  still: 75_000, // one that runs on demand is started for it: the longest --key-wait, and a decoder's time
  stop: 20_000,
  restart: 30_000,
  reload: 60_000,
};
/** Of its answer, where it may be longer than others. */
const MAX_BYTES: Readonly<Partial<Record<Request, number>>> = {
  still: MAX_STILL_BYTES,
  recordings: MAX_RECORDINGS_BYTES,
};
/** What it cannot do, where it answers that it cannot. */
const words: Readonly<Record<Request, string>> = {
  status: "report its status",
  url: "report its URL",
  publish: "report where it is published",
  options: "report its options",
  still: "make a still image",
  clip: "send a clip",
  recordings: "list its recordings",
  keep: "keep the recording",
  unkeep: "stop keeping the recording",
  stop: "stop",
  restart: "restart",
  reload: "reload",
};
const GONE_TIMEOUT_MS = 5000;

/** How a running stream is doing. @throws UserError when it does not answer */
export async function statusOf(holder: Holder): Promise<StreamStatus> {
  const loading = import("../status.ts"); // with zod, while the stream is asked
  const answer = await ask(holder, "status");
  const { streamStatusSchema } = await loading;
  const { data } = streamStatusSchema.safeParse(answer);
  if (data === undefined) throw new UserError("failure", `${called(holder)} sent an invalid status`);
  return data;
}

/** Where a running stream is watched, with its token; null where it has no URL yet. @throws UserError */
export async function urlOf(holder: Holder): Promise<string | null> {
  const url = await ask(holder, "url");
  if (url !== null && typeof url !== "string")
    throw new UserError("failure", `${called(holder)} sent an invalid URL`);
  return url;
}

/** Where a running stream is published, with its key; null where it is not. @throws UserError */
export async function publishAddressOf(holder: Holder): Promise<PublishAddress | null> {
  const answer = await ask(holder, "publish");
  if (answer === null) return null;
  const { server, streamKey, url } = isRecord(answer) ? answer : {};
  if (typeof server !== "string" || typeof streamKey !== "string" || typeof url !== "string")
    throw new UserError("failure", `${called(holder)} sent an invalid address`);
  return { server, streamKey, url };
}

/** In which of these options a running stream differs; in none of a version that does not tell, or does not answer. */
export async function differingOptions(holder: Holder, options: OptionTexts): Promise<readonly string[]> {
  const answer = await ask(holder, "options").catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  if (!isRecord(answer)) return [];
  const digests = Object.entries(digestsOf(options));
  return digests.flatMap(([flag, digest]) => (flag in answer && answer[flag] !== digest ? [flag] : []));
}

/** The picture of a running stream as it is now. @throws UserError */
export async function stillOf(holder: Holder): Promise<Still> {
  const still = readStill(await ask(holder, "still"));
  if (still === null) throw new UserError("failure", `${called(holder)} sent an invalid image`);
  return still;
}

/** What is recorded of a running stream, oldest first; null where it is not recorded. @throws UserError */
export async function recordingsOf(holder: Holder): Promise<readonly ListedSegment[] | null> {
  const answer = await ask(holder, "recordings");
  if (answer === null) return null;
  if (!Array.isArray(answer) || !answer.every(isListedSegment))
    throw new UserError("failure", `${called(holder)} sent an invalid list`);
  return answer;
}

/** Has retention leave a segment alone, or not any more. @throws UserError */
export async function keepSegment(holder: Holder, segment: string, isKept: boolean): Promise<void> {
  await ask(holder, isKept ? "keep" : "unkeep", { segment });
}

/** A clip of another process; see `Clip`. */
export type SentClip =
  | { readonly kind: "none" | "not-yet" }
  | { readonly kind: "flv"; readonly parts: readonly Uint8Array[] };

/** The last so many milliseconds of a running stream; null: all that it keeps. @throws UserError */
export async function clipOf(holder: Holder, lastMs: number | null): Promise<SentClip> {
  const socket = connect(holder.socketPath);
  try {
    const clip = await answerOn(socket, holder, { request: "clip", ...(lastMs !== null && { lastMs }) });
    if (!isRecord(clip)) throw new UserError("failure", `${called(holder)} sent an invalid clip`);
    const { kind, bytes } = clip;
    if (kind !== "flv") return { kind: kind === "none" ? kind : "not-yet" };
    socket.setTimeout(TIMEOUT_MS.clip, () => socket.destroy(new Error("timed out")));
    return { kind, parts: await receive(socket, bytes) };
  } catch (error) {
    throw unresponsive(holder, error);
  } finally {
    socket.destroy();
  }
}

async function receive(socket: Socket, bytes: unknown): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let received = 0;
  for await (const part of socket as AsyncIterable<Uint8Array>) {
    parts.push(part);
    received += part.length;
    if (received > MAX_CLIP_BYTES) throw new Error("clip too long");
  }
  if (received !== bytes) throw new Error("connection closed");
  return parts;
}

/**
 * Ends a stream in order, or a server with all of its streams; resolves when its name is free again. A stream of a server
 * keeps its name: there it can be started again. @throws UserError when it does not end
 */
export async function stopStream(holder: RunningStream): Promise<void> {
  await ask(holder, "stop");
  if (holder.server !== undefined) return;
  for (const endMs = performance.now() + GONE_TIMEOUT_MS; performance.now() < endMs; await delay(20)) {
    const now = await holderOf(holder.folder, holder.key);
    if (now?.socketPath !== holder.socketPath) return;
  }
  throw new UserError(
    "failure",
    `${called(holder)} has stopped but does not exit; end it with: kill ${holder.pid}`,
  );
}

/** Has a stream start its processes again. @throws UserError when it cannot */
export async function restartStream(holder: Holder): Promise<void> {
  await ask(holder, "restart");
}

/** Has a server read its file again. @throws UserError where it stays as it was, with the file's faults in its message */
export async function reloadServer(holder: Holder): Promise<void> {
  await ask(holder, "reload");
}

async function ask(holder: Holder, request: Request, about: Pick<Asked, "segment"> = {}): Promise<unknown> {
  const socket = connect(holder.socketPath);
  try {
    return await answerOn(socket, holder, { request, ...about });
  } finally {
    socket.destroy();
  }
}

/** What is asked on a connection, and answered in its first line. @throws UserError */
async function answerOn(socket: Socket, holder: Holder, asked: Asked): Promise<unknown> {
  const { request } = asked;
  try {
    socket.write(encodeLine(asked));
    const maxBytes = MAX_BYTES[request] ?? MAX_REPLY_BYTES;
    const rest = request === "clip" ? "left" : "dropped";
    const reply = parseReply(await readLine(socket, maxBytes, TIMEOUT_MS[request], rest));
    if (reply === null) throw new Error("invalid reply");
    if (!reply.ok) throw refusal(holder, request, reply);
    return reply.status;
  } catch (error) {
    throw unresponsive(holder, error);
  }
}

function unresponsive(holder: Holder, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(
    "failure",
    `${called(holder)} does not respond (${why}); try again, or end it with: kill -9 ${holder.pid}`,
    { cause: error },
  );
}

/** A file's faults speak for themselves, a line each. */
function refusal(
  holder: Holder,
  request: Request,
  { error, reason, lines = [] }: Extract<Reply, { ok: false }>,
): UserError {
  const known = exitReasons.find((one) => one === reason) ?? "failure";
  if (request === "reload") return new UserError(known, error, { lastLines: lines });
  return new UserError("failure", `${called(holder)} cannot ${words[request]}: ${error}`);
}

const exitReasons = (Object.keys(exitCodes) as (keyof typeof exitCodes)[]).filter((name) => name !== "ok");

function called({ key, pid }: Holder): string {
  return `"${serverNameOf(key) ?? key}" (pid ${pid})`;
}

/** A picture as another process sent it; null where it is none. */
export function readStill(value: unknown): Still | null {
  const { kind, takenMs, base64 } = isRecord(value) ? value : {};
  if (kind === "none" || kind === "not-yet") return { kind };
  if (typeof takenMs !== "number") return null;
  if (kind === "too-old") return { kind, takenMs };
  if (kind !== "jpeg" || typeof base64 !== "string") return null;
  return { kind, bytes: Buffer.from(base64, "base64"), takenMs };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
