import { realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Context } from "hono";
import { UserError } from "../../errors.ts";
import { decodeSegment } from "../http/target.ts";

/** A file that may be served. */
export interface StaticFile {
  serve(c: Context, headers: Readonly<Record<string, string>>): Promise<Response>;
}

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
    if (found !== null) return { serve: (c, headers) => this.#serve(found, c, headers) };
    // A folder's links are relative to the path with the slash.
    const isFolder = !isIndex && realFile(join(whole, "index.html"), this.#root) !== null;
    return isFolder ? { serve: async (_c, headers) => redirect(`${path}/`, headers) } : null;
  }

  async #serve(found: string, c: Context, headers: Readonly<Record<string, string>>): Promise<Response> {
    const serve = serveStatic({ root: this.#root, path: found });
    c.header("Cache-Control", "no-cache"); // kept, but asked for each time: the folder's files change
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    return (await serve(c, async () => undefined)) ?? c.notFound();
  }
}

function redirect(location: string, headers: Readonly<Record<string, string>>): Response {
  return new Response(null, {
    status: 308,
    headers: { ...headers, Location: location, "Content-Length": "0" },
  });
}

/** Its path below the root; null where it is no file, or lies elsewhere. */
function realFile(path: string, root: string): string | null {
  try {
    const real = realpathSync(path);
    const below = relative(root, real);
    const isInside = real.startsWith(root.endsWith(sep) ? root : root + sep);
    const isHidden = below.split(sep).some((name) => name.startsWith("."));
    return isInside && !isHidden && statSync(real).isFile() ? below : null;
  } catch {
    return null;
  }
}

function realFolder(folder: string): string {
  try {
    const real = realpathSync(folder);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    throw new UserError(
      "usage",
      `--www ${folder} cannot be served: ${whyNot(error as NodeJS.ErrnoException)}`,
      {
        cause: error,
      },
    );
  }
  throw new UserError("usage", `--www ${folder} is no folder: give the one that holds your files`);
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  return code === "ENOENT" ? "there is no such folder" : message;
}
