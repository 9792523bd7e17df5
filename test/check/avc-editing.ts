import { isVideoConfig, type RawStream, type RawTag } from "./raw-stream.ts";

export function configOf(stream: RawStream): RawTag {
  const tag = stream.tags.find(isVideoConfig);
  if (tag === undefined) throw new Error("the stream has no settings");
  return tag;
}

/** FrameType and CodecID, AVCPacketType, CompositionTime. */
export const HEAD_BYTES = 5;

/** The parts of an AVCDecoderConfigurationRecord with one SPS and one PPS. */
interface Record {
  front: Buffer;
  sps: Buffer[];
  pps: Buffer[];
  rest: Buffer;
}

export function changeRecord(stream: RawStream, change: (record: Record) => void): void {
  const tag = configOf(stream);
  const bytes = tag.body.subarray(HEAD_BYTES);
  const spsEnd = 8 + bytes.readUInt16BE(6);
  const ppsEnd = spsEnd + 3 + bytes.readUInt16BE(spsEnd + 1);
  const record: Record = {
    front: Buffer.from(bytes.subarray(0, 5)),
    sps: [bytes.subarray(8, spsEnd)],
    pps: [bytes.subarray(spsEnd + 3, ppsEnd)],
    rest: bytes.subarray(ppsEnd),
  };
  change(record);
  const { front, sps, pps, rest } = record;
  const counts = [Buffer.of(0xe0 | sps.length), Buffer.of(pps.length)] as const;
  const parts = [front, counts[0], ...sps.map(counted), counts[1], ...pps.map(counted), rest];
  tag.body = Buffer.concat([tag.body.subarray(0, HEAD_BYTES), ...parts]);
}

function counted(unit: Buffer): Buffer {
  return Buffer.concat([Buffer.of(unit.length >> 8, unit.length & 0xff), unit]);
}

/** Gives a picture other NAL units, each behind its length. */
export function setUnits(tag: RawTag, units: readonly Buffer[], lengthBytes = 4): void {
  const parts = units.flatMap((unit) => {
    const length = Buffer.alloc(lengthBytes);
    length.writeUIntBE(unit.length, 0, lengthBytes);
    return [length, unit];
  });
  tag.body = Buffer.concat([tag.body.subarray(0, HEAD_BYTES), ...parts]);
}

export function unitsOf({ body }: RawTag): Buffer[] {
  const units: Buffer[] = [];
  for (let at = HEAD_BYTES; at < body.length; ) {
    const end = at + 4 + body.readUInt32BE(at);
    units.push(body.subarray(at + 4, end));
    at = end;
  }
  return units;
}

export function fromHex(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

export function partsOf(stream: RawStream): Pick<Record, "sps" | "pps"> {
  let parts: Pick<Record, "sps" | "pps"> = { sps: [], pps: [] };
  changeRecord(stream, ({ sps, pps }) => {
    parts = { sps, pps };
  });
  return parts;
}
