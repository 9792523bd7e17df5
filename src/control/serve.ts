import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../errors.ts";
import { type ClipFile, piecesOf } from "../recordings/clip.ts";
import { listed } from "../recordings/listed.ts";
import type { Clip, PublishAddress, Still, StreamHandle } from "../stream.ts";
import { localTime } from "../system/local-time.ts";
import { prepareStateFolder } from "../system/state-folder.ts";
import { type Holder, lockName } from "./name-lock.ts";
import {
  type Asked,
  digestsOf,
  encodeLine,
  MAX_REQUEST_BYTES,
  type OptionTexts,
  parseRequest,
  type Reply,
  readLine,
} from "./protocol.ts";
import { serverKey, serverNameOf } from "./server-key.ts";

/** What can be told and asked of a stream from outside its process. */
export type Controllable = Omit<StreamHandle, "totals" | "standby">;

export interface ControlOptions {
  readonly name: string;
  /** Folders.state */
  readonly folder: string;
  readonly target: Controllable;
  /** What it was started with. */
  readonly options: OptionTexts;
}

export interface Control {
  /** Answers what is being answered, and gives the name free. */
  close(): Promise<void>;
}

/** A server of several streams, as it is asked from outside its process. */
export interface ControllableServer {
  readonly name: string;
  /** Reads its file again. @throws UserError where nothing of it is done */
  reload(): Promise<void>;
  /** Resolves when all have ended. */
  stop(): Promise<void>;
  /** How names that it does not have are published; null where they are not. */
  publishAt(): PublishAddress | null;
}

/** How often a stream looks whether it can still be found: a cleanup may have removed its socket. */
const LOOK_EVERY_MS = 2000;
/** How long a request may take to arrive. */
const REQUEST_TIMEOUT_MS = 5000;

/**
 * Takes the stream's name, and answers what is asked of it, until closed. A folder that is removed meanwhile
 * is made again.
 * @throws UserError of reason `alreadyRunning` where another process has the name, `permission` where the folder is
 * not ours alone
 * @throws UnwritableError where the folder cannot be written
 */
export async function serveControl({ name, folder, target, options }: ControlOptions): Promise<Control> {
  const digests = digestsOf(options);
  return await holdKey(folder, name, (asked) => answerOfStream(asked, target, digests));
}

/** The same for a server of several streams, whose name none of its streams has. */
export async function serveServerControl(folder: string, target: ControllableServer): Promise<Control> {
  return await holdKey(folder, serverKey(target.name), async ({ request }) => {
    if (request === "publish") return target.publishAt();
    if (request !== "stop" && request !== "reload") return undefined;
    await target[request]();
    return null;
  });
}

/** What is answered; undefined where that is nothing that it is asked. */
type Answerer = (asked: Asked) => Promise<unknown>;

/** An answer with a file behind it. */
class WithFile {
  readonly status: object;
  readonly file: ClipFile;

  constructor(status: object, file: ClipFile) {
    this.status = status;
    this.file = file;
  }
}

/** Files that are sent at once: each keeps what is in it in memory. */
const MAX_FILES = 4;
/** A client that takes nothing for so long gets no more. */
const FILE_TIMEOUT_MS = 30_000;

async function holdKey(folder: string, key: string, answerer: Answerer): Promise<Control> {
  const take = async () => {
    await prepareStateFolder(folder);
    return await lockName(folder, key, (socket) => void answer(socket, answerer)); // never rejects
  };
  const first = await take();
  if (first.kind === "held") throw alreadyRunning(first.holder);
  let lock = first;
  const takeAgain = async () => {
    if (await lock.isKept()) return;
    const next = await take().catch(() => null); // the folder is gone, or full: next time
    if (next?.kind !== "mine") return; // another took it meanwhile
    const lost = lock;
    lock = next;
    await lost.release();
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(takeAgain).catch(() => undefined);
  }, LOOK_EVERY_MS).unref();
  return {
    close: async () => {
      clearInterval(timer);
      await looking;
      await lock.release();
    },
  };
}

/** That a name is taken: by whom, and since when. */
export function alreadyRunning({ key, pid, sinceMs }: Holder): UserError {
  const server = serverNameOf(key);
  const another = server === null ? "choose another --name, or stop it" : "stop it";
  return new UserError(
    "alreadyRunning",
    `"${server ?? key}" is already running (pid ${pid}, since ${localTime(sinceMs)}); ` +
      `${another}: flvcast stop ${server ?? key}`,
  );
}

async function answer(socket: Socket, answerer: Answerer): Promise<void> {
  try {
    const asked = parseRequest(await readLine(socket, MAX_REQUEST_BYTES, REQUEST_TIMEOUT_MS));
    const answered = await answerTo(asked, answerer);
    if (answered instanceof WithFile) await sendFile(socket, answered);
    else socket.end(encodeLine(answered));
  } catch {
    socket.destroy(); // no request: the client only checked that we are alive, or has gone
  }
}

async function answerTo(asked: Asked | null, answerer: Answerer): Promise<Reply | WithFile> {
  try {
    const status = asked === null ? undefined : await answerer(asked);
    if (status === undefined) return { ok: false, error: "unknown request: the versions differ" };
    return status instanceof WithFile ? status : { ok: true, status };
  } catch (error) {
    if (error instanceof UserError)
      return { ok: false, error: error.message, reason: error.reason, lines: error.lastLines };
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

let sending = 0;

async function sendFile(socket: Socket, { status, file }: WithFile): Promise<void> {
  if (sending >= MAX_FILES) {
    socket.end(encodeLine({ ok: false, error: "too many clips are being saved; try again" }));
    return;
  }
  sending += 1;
  try {
    socket.setTimeout(FILE_TIMEOUT_MS, () => socket.destroy());
    socket.write(encodeLine({ ok: true, status }));
    await pipeline(Readable.from(piecesOf(file), { objectMode: false }), socket);
  } finally {
    sending -= 1;
  }
}

async function answerOfStream(
  { request, lastMs, segment = "" }: Asked,
  target: Controllable,
  digests: OptionTexts,
): Promise<unknown> {
  switch (request) {
    case "url":
      return urlOf(target);
    case "publish":
      return target.publishAt();
    case "options":
      return digests;
    case "still":
      return inText(await target.still());
    case "clip":
      return withFile(target.clip(lastMs ?? Number.POSITIVE_INFINITY));
    case "recordings":
      return target.recordings && listed(target.recordings.list());
    case "keep":
    case "unkeep":
      return await keep(target, segment, request === "keep");
    case "status":
      return target.status();
    case "stop":
    case "restart":
      await target[request]();
      return target.status();
    case "reload":
      return undefined;
  }
}

/** The viewer URL with the token that it needs; null until the port is bound. */
function urlOf(target: Controllable): string | null {
  const { url } = target.status();
  return url === null ? null : target.withToken(url);
}

/** @throws UserError, DiskError */
async function keep({ recordings }: Controllable, id: string, isKept: boolean): Promise<null> {
  const segment = recordings?.list().find((one) => one.id === id);
  if (segment === undefined) throw new UserError("usage", `there is no recording ${id}`);
  await recordings?.keep(segment, isKept);
  return null;
}

function inText(still: Still): object {
  return still.kind === "jpeg"
    ? { ...still, bytes: undefined, base64: Buffer.from(still.bytes).toString("base64") }
    : still;
}

function withFile(clip: Clip): object {
  if (clip.kind !== "flv") return clip;
  const { bytes, durationMs, startMs } = clip.file;
  return new WithFile({ kind: clip.kind, bytes, durationMs, startMs }, clip.file);
}
