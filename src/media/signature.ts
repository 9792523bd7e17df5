/** What kind of data begins with these bytes, in words (`MP4`, `an HTML page`); null for what is not known here. */
export function kindOfData(bytes: Uint8Array): string | null {
  const front = Buffer.from(bytes.subarray(0, 24));
  const text = front.toString("latin1");
  const hex = front.toString("hex", 0, 8);
  const byText = KINDS_BY_TEXT.find(([pattern]) => pattern.test(text));
  const byHex = KINDS_BY_HEX.find(([pattern]) => pattern.test(hex));
  return byText?.[1] ?? byHex?.[1] ?? null;
}

const KINDS_BY_TEXT: readonly (readonly [RegExp, string])[] = [
  [/^.{4}(ftyp|styp|moof|moov)/s, "MP4"],
  [/^#EXTM3U/, "an HLS playlist"],
  [/^\s*<(!doctype|html|head|body)/i, "an HTML page"],
  [/^\s*<(\?xml|mpd)/i, "XML"],
  [/^\s*[[{]/, "JSON"],
  [/^ID3/, "MP3"],
  [/^RIFF.{4}AVI /s, "AVI"],
  [/^[\x20-\x7e\s]+$/, "text"],
];

const KINDS_BY_HEX: readonly (readonly [RegExp, string])[] = [
  [/^464c5601/, "FLV"],
  [/^1a45dfa3/, "Matroska or WebM"],
  [/^1f8b/, "gzip-compressed data"],
  [/^47/, "an MPEG transport stream"],
  [/^000001ba/, "an MPEG program stream"],
  [/^0000(00)?01/, "raw H.264"],
  [/^ffd8ff/, "JPEG images"],
  [/^ff[ef]/, "raw MP3 or AAC"],
];
