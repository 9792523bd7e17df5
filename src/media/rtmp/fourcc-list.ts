import { type Amf0Property, type Amf0Value, propertiesOf, property } from "../flv/amf0.ts";
import { AUDIO_FOURCCS, VIDEO_FOURCCS } from "../flv/fourcc.ts";
import { object } from "./command.ts";

/** `fourCcList` of connect (Enhanced RTMP 2, "Enhancing NetConnection connect Command"): the codecs that both sides of ours carry. */
export const carriedFourccs: readonly string[] = [
  ...Object.keys(VIDEO_FOURCCS),
  ...Object.keys(AUDIO_FOURCCS),
];

const DECLARATIONS = ["fourCcList", "videoFourCcInfoMap", "audioFourCcInfoMap"] as const;
/** FourCcInfoMask.CanForward */
const CAN_FORWARD = 4;

/**
 * The codecs that a server says that it takes, in its answer to connect; null where it says nothing of any.
 * @param answer the objects of `_result`
 */
export function listedFourccs(answer: readonly Amf0Value[]): readonly string[] | null {
  const listed = answer.flatMap((value) => DECLARATIONS.map((name) => property(value, name)));
  const known = listed.filter((one) => one !== null);
  return known.length === 0 ? null : known.flatMap(namesOf);
}

function namesOf(listed: Amf0Value): readonly string[] {
  if (Array.isArray(listed)) return listed.filter((one): one is string => typeof one === "string");
  return propertiesOf(listed)?.map(([name]) => name) ?? [];
}

/** What a server tells a client that has said of itself what it can; nothing to any other, which may not know it. */
export function serversFourccs(connectObject: Amf0Value | undefined): readonly Amf0Property[] {
  if (DECLARATIONS.every((name) => property(connectObject, name) === null)) return [];
  return [
    ["videoFourCcInfoMap", infoMap(VIDEO_FOURCCS)],
    ["audioFourCcInfoMap", infoMap(AUDIO_FOURCCS)],
  ];
}

function infoMap(fourccs: Readonly<Record<string, string>>): Amf0Value {
  return object(...Object.keys(fourccs).map((fourcc) => [fourcc, CAN_FORWARD] as const));
}
