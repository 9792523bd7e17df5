import type { PageFiles } from "./page-files.ts";

/** What a request for a file of the page may say, besides its path. */
export interface PageRequest {
  readonly path: string;
  readonly acceptEncoding?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** The answer with a file of the page; null where it has none of that name. */
export function answerWithPage(
  files: PageFiles,
  { path, acceptEncoding, ifNoneMatch }: PageRequest,
  headers: Readonly<Record<string, string>>,
): Response | null {
  const file = files.find(path, acceptEncoding);
  if (file === null) return null;
  const all = { ...file.headers, ...headers };
  const isKnown = ifNoneMatch !== undefined && ifNoneMatch.includes(file.headers["ETag"] ?? "");
  if (!isKnown) return new Response(file.body, { headers: all });
  const { "Content-Length": _, ...rest } = all;
  return new Response(null, { status: 304, headers: rest });
}
