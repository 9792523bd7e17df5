import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { exitCodes, UserError } from "../errors.ts";
import type { PublishAddress, Still, StreamStatus } from "../status.ts";
import { type Holder, holderOf } from "./name-lock.ts";
import {
  digestsOf,
  encodeLine,
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
  still: 75_000, // one that runs on demand is started for it: the longest --key-wait, and a decoder's time
  stop: 20_000,
  restart: 30_000,
  reload: 60_000,
};
/** What it cannot do, where it answers that it cannot. */
const words: Readonly<Record<Request, string>> = {
  status: "report its status",
  url: "report its URL",
  publish: "report where it is published",
  options: "report its options",
  still: "make a still image",
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
  const texts = new Map<string, unknown>(typeof answer === "object" ? Object.entries(answer) : []);
  const [server, streamKey, url] = ["server", "streamKey", "url"].map((name) => texts.get(name));
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
  if (typeof answer !== "object" || answer === null) return [];
  const theirs = new Map<string, unknown>(Object.entries(answer));
  return Object.entries(digestsOf(options)).flatMap(([flag, digest]) =>
    theirs.has(flag) && theirs.get(flag) !== digest ? [flag] : [],
  );
}

/** The picture of a running stream as it is now. @throws UserError */
export async function stillOf(holder: Holder): Promise<Still> {
  const still = readStill(await ask(holder, "still"));
  if (still === null) throw new UserError("failure", `${called(holder)} sent an invalid image`);
  return still;
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

async function ask(holder: Holder, request: Request): Promise<unknown> {
  const socket = connect(holder.socketPath);
  try {
    socket.write(encodeLine({ request }));
    const maxBytes = request === "still" ? MAX_STILL_BYTES : MAX_REPLY_BYTES;
    const reply = parseReply(await readLine(socket, maxBytes, TIMEOUT_MS[request]));
    if (reply === null) throw new Error("invalid reply");
    if (!reply.ok) throw refusal(holder, request, reply);
    return reply.status;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      "failure",
      `${called(holder)} does not respond (${why}); try again, or end it with: kill -9 ${holder.pid}`,
      { cause: error },
    );
  } finally {
    socket.destroy();
  }
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
  if (typeof value !== "object" || value === null || !("kind" in value)) return null;
  if (value.kind === "none" || value.kind === "not-yet") return { kind: value.kind };
  if (!("takenMs" in value) || typeof value.takenMs !== "number") return null;
  const { takenMs } = value;
  if (value.kind === "too-old") return { kind: value.kind, takenMs };
  if (value.kind !== "jpeg" || !("base64" in value) || typeof value.base64 !== "string") return null;
  return { kind: "jpeg", bytes: Buffer.from(value.base64, "base64"), takenMs };
}
