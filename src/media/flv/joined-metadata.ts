import { CorruptInputError } from "../corrupt-input.ts";
import { type Amf0Property, type Amf0Value, decodeAmf0, encodeAmf0 } from "./amf0.ts";
import { TagType } from "./layout.ts";
import { encodeTag } from "./tag.ts";

/** A place in a file where a decoder can begin. */
export interface FileEntry {
  /** Of the tag, from the beginning of the file. */
  readonly position: number;
  readonly timeMs: number;
}

/** What is true of one file, and not of what is joined of several. */
const OF_THE_FILE: readonly string[] = [
  ...[
    "duration",
    "starttime",
    "filesize",
    "keyframes",
    "spare",
    "repaired",
    "datasize",
    "videosize",
    "audiosize",
  ],
  ...["hasKeyframes", "lasttimestamp", "lastkeyframetimestamp", "lastkeyframelocation"],
];

/**
 * The onMetaData tag of what is joined of several files.
 * @param body of the first one's; null where it has none
 */
export function joinedMetadata(
  body: Uint8Array | null,
  { durationMs, startMs }: { readonly durationMs: number; readonly startMs: number },
): Uint8Array {
  const properties: readonly Amf0Property[] = [
    ["duration", durationMs / 1000],
    ["starttime", new Date(startMs).toISOString()],
    ...propertiesOf(body).filter(([name]) => !OF_THE_FILE.includes(name)),
  ];
  return encodeTag(TagType.script, 0, [encodeAmf0("onMetaData", { kind: "ecma-array", properties })]);
}

/** The key frames in a file's index, in the order of the file; none where it has no index. */
export function readKeyFrames(body: Uint8Array | null): readonly FileEntry[] {
  const index = new Map(propertiesOf(body)).get("keyframes");
  if (!hasProperties(index)) return [];
  const lists = new Map(index.properties);
  const [positions, times] = [numbersOf(lists.get("filepositions")), numbersOf(lists.get("times"))];
  if (positions.length !== times.length) return [];
  return positions.map((position, at) => ({ position, timeMs: Math.round((times[at] ?? 0) * 1000) }));
}

function propertiesOf(body: Uint8Array | null): readonly Amf0Property[] {
  try {
    const [name, value] = body === null ? [] : decodeAmf0(body);
    return name === "onMetaData" && hasProperties(value) ? value.properties : [];
  } catch (error) {
    if (error instanceof CorruptInputError) return [];
    throw error;
  }
}

function numbersOf(value: Amf0Value | undefined): readonly number[] {
  if (!Array.isArray(value)) return [];
  const numbers = value.filter((one): one is number => typeof one === "number");
  return numbers.length === value.length ? numbers : [];
}

function hasProperties(value: Amf0Value | undefined) {
  return typeof value === "object" && value !== null && "properties" in value;
}
