import { type Amf0Property, type Amf0Value, encodeAmf0, property } from "./amf0.ts";
import { type KeyFrame, onMetaData } from "./file-metadata.ts";
import { TagType } from "./layout.ts";
import { encodeTag } from "./tag.ts";

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
    ...propertiesIn(body).filter(([name]) => !OF_THE_FILE.includes(name)),
  ];
  return encodeTag(TagType.script, 0, [encodeAmf0("onMetaData", { kind: "ecma-array", properties })]);
}

/** The key frames in a file's index, in the order of the file; none where it has no index. */
export function readKeyFrames(body: Uint8Array | null): readonly KeyFrame[] {
  const index = new Map(propertiesIn(body)).get("keyframes");
  const [positions, times] = [
    numbersOf(property(index, "filepositions")),
    numbersOf(property(index, "times")),
  ];
  if (positions.length !== times.length) return [];
  return positions.map((position, at) => ({ position, timeMs: Math.round((times[at] ?? 0) * 1000) }));
}

function propertiesIn(body: Uint8Array | null): readonly Amf0Property[] {
  return (body && onMetaData(body)) ?? [];
}

function numbersOf(value: Amf0Value): readonly number[] {
  if (!Array.isArray(value)) return [];
  const numbers = value.filter((one): one is number => typeof one === "number");
  return numbers.length === value.length ? numbers : [];
}
