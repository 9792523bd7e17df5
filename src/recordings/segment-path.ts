/** How the files of a stream's recording are named: the path of `--record-path` has `%name` and letters of strftime(3). */

export type TimeZone = "utc" | "local";

/** Which files below a folder are a stream's. */
export interface SegmentPattern {
  /** Folder in which all of them are, relative to the recording's; "" for that one. */
  readonly under: string;
  /** A regular expression for the path relative to `under`, without `kept/`; its group is the number of a name in use. */
  readonly source: string;
  /** How many folders deep they are below `under`. */
  readonly depth: number;
}

/** Finished segments that retention leaves alone are in this folder. */
export const KEPT_FOLDER = "kept";
export const SUFFIX = ".flv";
/** Of a segment that is being written, or has been when something ended the writer. */
export const PART_SUFFIX = ".flv.part";

/** Of an MP4 file that is being made: the name that it will have, and a number. */
export const MP4_PART = /\.mp4\.[0-9a-f]{8}\.part$/;

interface Clock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const two = (value: number) => String(value).padStart(2, "0");
const four = (value: number) => String(value).padStart(4, "0");
const dayOfYear = ({ year, month, day }: Clock) =>
  String(Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1);

interface Letter {
  readonly write: (clock: Clock) => string;
  readonly source: string;
}

const LETTERS: Readonly<Record<string, Letter>> = {
  Y: { write: ({ year }) => four(year), source: "\\d{4}" },
  m: { write: ({ month }) => two(month), source: "\\d\\d" },
  d: { write: ({ day }) => two(day), source: "\\d\\d" },
  H: { write: ({ hour }) => two(hour), source: "\\d\\d" },
  M: { write: ({ minute }) => two(minute), source: "\\d\\d" },
  S: { write: ({ second }) => two(second), source: "\\d\\d" },
  y: { write: ({ year }) => two(year % 100), source: "\\d\\d" },
  j: { write: (clock) => dayOfYear(clock).padStart(3, "0"), source: "\\d{3}" },
  F: {
    write: ({ year, month, day }) => `${four(year)}-${two(month)}-${two(day)}`,
    source: "\\d{4}-\\d\\d-\\d\\d",
  },
  "%": { write: () => "%", source: "%" },
};

const LETTER = /%(name|.|$)/g;

export function pathProblem(path: string): string | null {
  const unknown = [...path.matchAll(LETTER)].find(([, word = ""]) => word !== "name" && !(word in LETTERS));
  if (unknown !== undefined)
    return `"${unknown[0]}" is not supported (%name, ${Object.keys(LETTERS)
      .map((letter) => `%${letter}`)
      .join(", ")})`;
  const parts = path.split("/");
  if (path.includes("\\") || path.includes("\0")) return "it contains a character that names cannot have";
  if (parts.includes("") || parts.includes("..") || parts.includes("."))
    return 'it must be relative, without "." and ".."';
  if (parts.includes(KEPT_FOLDER)) return `"${KEPT_FOLDER}" is where protected recordings are kept`;
  if (/\.(flv|part)$/.test(path)) return "leave off the suffix: .flv is added";
  return null;
}

/** The path of a segment that starts then, relative to the recording's folder and without a suffix. */
export function segmentPath(path: string, name: string, startMs: number, zone: TimeZone): string {
  const clock = clockOf(startMs, zone);
  return path.replace(LETTER, (whole, word: string) =>
    word === "name" ? name : (LETTERS[word]?.write(clock) ?? whole),
  );
}

/** Where a segment is when it is kept: relative paths, both with or both without a suffix. */
export function keptPath(path: string, name: string, segment: string): string {
  const { under } = segmentPattern(path, name);
  return under === ""
    ? `${KEPT_FOLDER}/${segment}`
    : `${under}/${KEPT_FOLDER}/${segment.slice(under.length + 1)}`;
}

export function segmentPattern(path: string, name: string): SegmentPattern {
  const parts = path.split("/");
  const moving = parts.slice(0, -1).findIndex((part) => !isFixed(part));
  const fixed = moving === -1 ? parts.length - 1 : moving;
  const rest = parts.slice(fixed);
  const source = rest.map((part) => sourceOf(part, name)).join("/");
  return {
    under: parts
      .slice(0, fixed)
      .map((part) => part.replaceAll("%name", name))
      .join("/"),
    source: `^${source}(?:-(\\d+))?$`,
    depth: rest.length - 1,
  };
}

const isFixed = (part: string) => !part.replaceAll("%name", "").includes("%");

function sourceOf(part: string, name: string): string {
  const pieces = part.split(/(%name|%.)/);
  return pieces
    .map((piece) => {
      if (piece === "%name") return escaped(name);
      return (piece.startsWith("%") ? LETTERS[piece.slice(1)]?.source : undefined) ?? escaped(piece);
    })
    .join("");
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** The id of a segment. @param count 1, or the number behind its file's name */
export function segmentId(startMs: number, count: number): string {
  const second = new Date(startMs).toISOString().replace(/\.\d+Z$/, "Z");
  return second.replaceAll(/[-:]/g, "") + (count > 1 ? `-${count}` : "");
}

function clockOf(ms: number, zone: TimeZone): Clock {
  const date = new Date(ms);
  if (zone === "utc")
    return {
      ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
      ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() },
    };
  return {
    ...{ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() },
    ...{ hour: date.getHours(), minute: date.getMinutes(), second: date.getSeconds() },
  };
}
