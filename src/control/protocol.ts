import { createHash } from "node:crypto";
import type { Socket } from "node:net";

/** What a stream is asked, and a server of several: one line of JSON, and one line back; behind that of a clip, its bytes. */
const requests = [
  ...(["status", "url", "publish", "options", "still", "clip", "stop", "restart", "reload"] as const),
  ...(["recordings", "keep", "unkeep"] as const),
] as const;
export type Request = (typeof requests)[number];

/** A request as it is sent. */
export interface Asked {
  readonly request: Request;
  /** Of a clip: how much of the stream; missing: all that is kept. */
  readonly lastMs?: number;
  /** Of `keep` and `unkeep`: a segment's ID. */
  readonly segment?: string;
}

export type Reply =
  /**
   * For `url`, `publish`, `options` and `still`, that alone: the options as digests (`digestsOf`), the still as a JPEG in base64, or
   * why there is none.
   */
  | { readonly ok: true; readonly status: unknown }
  /** `reason` as the exit codes have it; missing where there is none. */
  | {
      readonly ok: false;
      readonly error: string;
      readonly reason?: string;
      /** What stands below the error. */
      readonly lines?: readonly string[];
    };

export const MAX_REQUEST_BYTES = 1024;
export const MAX_REPLY_BYTES = 256 * 1024;
/** A picture in base64: more than 8K has. */
export const MAX_STILL_BYTES = 64 * 1024 * 1024;
/** Of more segments than a disk has. */
export const MAX_RECORDINGS_BYTES = 64 * 1024 * 1024;
/** All that a stream keeps in memory is less. */
export const MAX_CLIP_BYTES = 128 * 1024 * 1024;

/** What a line asks; null where it asks nothing that we know. */
export function parseRequest(line: string): Asked | null {
  const value = parsed(line);
  const request = requests.find((one) => value?.["request"] === one);
  const lastMs = value?.["lastMs"];
  const segment = value?.["segment"];
  if (request === undefined) return null;
  return {
    request,
    ...(typeof lastMs === "number" && { lastMs }),
    ...(typeof segment === "string" && { segment }),
  };
}

/** What a line answers; null where it is no answer. */
export function parseReply(line: string): Reply | null {
  const value = parsed(line);
  if (value?.["ok"] === true) return { ok: true, status: value["status"] ?? null };
  const error = value?.["error"];
  if (value?.["ok"] !== false || typeof error !== "string") return null;
  const reason = value["reason"];
  const lines = value["lines"];
  return {
    ...{ ok: false, error },
    ...(typeof reason === "string" && { reason }),
    ...(isTexts(lines) && { lines }),
  };
}

/** What options were given, as texts by flag. */
export type OptionTexts = Readonly<Record<string, string>>;

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** What stands for options where they are compared: as the user gave them, they may have passwords in them. */
export function digestsOf(options: OptionTexts): OptionTexts {
  return Object.fromEntries(Object.entries(options).map(([flag, text]) => [flag, digest(text)]));
}

export function encodeLine(value: Asked | Reply): string {
  return `${JSON.stringify(value)}\n`;
}

/**
 * The first line that comes, without its end; what comes after it is dropped, or left to be read.
 * @throws Error when it ends before, grows beyond `maxBytes` or is not there within `timeoutMs`
 */
export async function readLine(
  socket: Socket,
  maxBytes: number,
  timeoutMs: number,
  rest: "dropped" | "left" = "dropped",
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("timed out")), timeoutMs);
    const fail = (message: string) => reject(new Error(message));
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      fail("connection closed");
    });
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      const end = chunk.indexOf(0x0a);
      if (end < 0 && bytes <= maxBytes) return;
      clearTimeout(timer);
      socket.removeAllListeners("data");
      if (rest === "left") socket.pause().unshift(chunk.subarray(end + 1));
      else socket.resume();
      if (bytes > maxBytes && end < 0) return fail("reply too long");
      resolve(Buffer.concat(chunks).toString("utf8").split("\n", 1)[0] ?? "");
    });
  });
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    // An object, and so indexed by strings.
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
