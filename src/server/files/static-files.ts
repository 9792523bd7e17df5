import { createReadStream, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { UserError } from "../../errors.ts";
import { type Answer, emptyAnswer, type Headers, refusal } from "../http/answer.ts";
import { selectRange } from "../http/byte-range.ts";
import { decodeSegment } from "../http/target.ts";
import { contentTypeOf } from "./content-types.ts";

/** What a request for a file says, beside its path. */
export interface FileRequest {
  readonly isHead: boolean;
  readonly range?: string | undefined;
}

/** A file that may be served. */
export type StaticFile = (asked: FileRequest, headers: Headers) => Answer;

/** The files below a folder, as they are at each request. */
export class StaticFiles {
  readonly #root: string;

  /** @throws UserError where it is no folder that can be read */
  constructor(folder: string) {
    this.#root = realFolder(folder);
  }

  /**
   * The file at a path of a URL, `index.html` for a folder's. Null where there is none to be served: a name that begins
   * with a dot, a link that leads out of the folder, a device or a pipe.
   */
  find(path: string): StaticFile | null {
    const segments = path.slice(1).split("/").map(decodeSegment);
    const isIndex = segments.at(-1) === "";
    const names = isIndex ? [...segments.slice(0, -1), "index.html"] : segments;
    if (!names.every((name) => name !== null && name !== "" && !name.startsWith("."))) return null;
    const whole = join(this.#root, ...names.map(String));
    const found = realFile(whole, this.#root);
    if (found !== null) return (asked, headers) => serveFile(found, asked, headers);
    // A folder's links are relative to the path with the slash; so is this one, as a proxy may have all of it below a path.
    const isFolder = !isIndex && realFile(join(whole, "index.html"), this.#root) !== null;
    const toFolder = { Location: `./${path.slice(path.lastIndexOf("/") + 1)}/`, "Content-Length": "0" };
    return isFolder ? (_asked, headers) => emptyAnswer(308, { ...headers, ...toFolder }) : null;
  }
}

function serveFile(path: string, { isHead, range: asked }: FileRequest, headers: Headers): Answer {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return refusal(404, "not found", headers); // it is gone since it was found
  const { size, mtime } = stats;
  const all = {
    "Content-Type": contentTypeOf(path),
    "Last-Modified": mtime.toUTCString(),
    "Cache-Control": "no-cache", // kept, but asked for each time: the folder's files change
    ...headers,
  };
  const range = selectRange(isHead ? undefined : asked, size);
  const ranged = { ...all, "Accept-Ranges": "bytes" };
  if (range.kind === "unsatisfiable")
    return emptyAnswer(416, { ...ranged, "Content-Range": `bytes */${size}` });
  const { first: start, last: end } = range.kind === "part" ? range : { first: 0, last: size - 1 };
  const length = { "Content-Length": String(end - start + 1) };
  if (isHead || size === 0) return emptyAnswer(200, { ...all, ...length });
  const body = createReadStream(path, { start, end }); // no more than the length says, should the file grow
  return range.kind === "whole"
    ? { status: 200, headers: { ...all, ...length }, body }
    : {
        status: 206,
        headers: { ...ranged, ...length, "Content-Range": `bytes ${start}-${end}/${size}` },
        body,
      };
}

/** Its real path; null where it is no file, or lies elsewhere. */
function realFile(path: string, root: string): string | null {
  try {
    const real = realpathSync(path);
    const isInside = real.startsWith(root.endsWith(sep) ? root : root + sep);
    const isHidden = relative(root, real)
      .split(sep)
      .some((name) => name.startsWith("."));
    return isInside && !isHidden && statSync(real).isFile() ? real : null;
  } catch {
    return null;
  }
}

function realFolder(folder: string): string {
  try {
    const real = realpathSync(folder);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    throw new UserError("usage", `cannot serve --www ${folder}: ${whyNot(error as NodeJS.ErrnoException)}`, {
      cause: error,
    });
  }
  throw new UserError("usage", `--www ${folder} is not a folder`);
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  return code === "ENOENT" ? "no such folder" : message;
}
