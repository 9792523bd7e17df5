import { describe, expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { readHeader } from "../../src/check/header-reader.ts";
import { fromHex } from "./avc-editing.ts";

function read(bytes: Buffer, isEnd = true) {
  const faults = new Faults();
  const beginning = readHeader(bytes, isEnd, faults);
  return { beginning, found: faults.all().map(({ id, detail, first }) => [id, detail, first?.offset]) };
}

const text = (start: string) => Buffer.from(start.padEnd(40, "x"), "latin1");
const bytesOf = (start: string) => Buffer.concat([fromHex(start), Buffer.alloc(40, 0xfe)]);

describe("what is no FLV is named by its first bytes:", () => {
  test.each<[string, Buffer]>([
    ["MP4", bytesOf("0000002066747970")],
    ["MP4", bytesOf("0000001873747970")],
    ["MP4", bytesOf("0a0000006d6f6f66")],
    ["MP4", bytesOf("000000086d6f6f76")],
    ["an HLS playlist", text("#EXTM3U\n#EXT-X-VERSION:3")],
    ["an HTML page", text("<!DOCTYPE html>")],
    ["an HTML page", text(" \n<html>")],
    ["an HTML page", text("<Head>")],
    ["an HTML page", text("<body>")],
    ["XML", text('<?xml version="1.0"?>')],
    ["XML", text(" <MPD xmlns=")],
    ["JSON", text(' {"code": 404}')],
    ["JSON", text("[]")],
    ["MP3", text("ID3\x04")],
    ["text", text("404 page not found\n")],
    ["text", text(" #EXTM3U")],
    ["text", text("here ftyp stands too late")],
    ["Matroska or WebM", bytesOf("1a45dfa3")],
    ["gzip-compressed data", bytesOf("1f8b08")],
    ["an MPEG transport stream", bytesOf("47400010")],
    ["raw H.264", bytesOf("0000000167")],
    ["raw H.264", bytesOf("00000167")],
    ["an MPEG program stream", bytesOf("000001ba44")],
    ["AVI", text("RIFF\0\0\0\0AVI ")],
    ["raw MP3 or AAC", bytesOf("fffb90")],
    ["raw MP3 or AAC", bytesOf("ffe3")],
    ["JPEG images", bytesOf("ffd8ffe000104a46")],
    ["an unknown format (004740001047fefe)", bytesOf("004740001047")],
  ])("%s", (name, bytes) => {
    expect(read(bytes)).toEqual({
      beginning: { unit: null, bytes: 0, next: "search" },
      found: [["signature-wrong", `it looks like ${name}`, 0]],
    });
  });
});

/** A tag of type 9 and no bytes, with StreamID 0. */
const TAG = "09 000000 000000 00 000000";
const ZEROS = "00000000";

describe("an FLV header", () => {
  const sound = { signature: "FLV", version: 1, typeFlags: 5, dataOffset: 9, previousTagSize0: 0 };
  test.each<[string, string, number, object, unknown[]]>([
    ["a sound one", `464c5601 05 00000009 ${ZEROS} ${TAG}`, 13, {}, []],
    [
      "version 2",
      `464c5602 05 00000009 ${ZEROS} ${TAG}`,
      13,
      { version: 2 },
      [["header-version", "2, expected 1", 3]],
    ],
    [
      "reserved bits",
      `464c5601 fa 00000009 ${ZEROS} ${TAG}`,
      13,
      { typeFlags: 0xfa },
      [["header-reserved-bits", "TypeFlags 0xfa", 4]],
    ],
    [
      "a DataOffset of 10 that is right",
      `464c5601 05 0000000a 00 ${ZEROS} ${TAG}`,
      14,
      { dataOffset: 10 },
      [],
    ],
    [
      "a DataOffset of 10 that is wrong",
      `464c5601 05 0000000a ${ZEROS} ${TAG}`,
      13,
      { dataOffset: 10 },
      [["header-data-offset", "10, expected 9", 5]],
    ],
    [
      "a DataOffset of 8",
      `464c5601 05 00000008 ${ZEROS} ${TAG}`,
      13,
      { dataOffset: 8 },
      [["header-data-offset", "8, expected 9", 5]],
    ],
    [
      "no PreviousTagSize0",
      `464c5601 05 00000009 ${TAG} ${ZEROS}`,
      9,
      { previousTagSize0: null },
      [["previous-tag-size-0-missing", "a tag at byte 9", 9]],
    ],
    [
      "a PreviousTagSize0 of 1",
      `464c5601 05 00000009 00000001 ${TAG}`,
      13,
      { previousTagSize0: 1 },
      [["previous-tag-size-0", "1, expected 0", 9]],
    ],
    [
      "another signature",
      `464c5801 05 00000009 ${ZEROS} ${TAG}`,
      13,
      { signature: "FLX" },
      [["signature-wrong", '"FLX", expected "FLV"', 0]],
    ],
    ["no tag behind it", `464c5601 05 00000009 ${ZEROS}`, 13, {}, []],
    ["an end behind nine bytes", "464c5601 05 00000009", 9, { previousTagSize0: null }, []],
  ])("with %s", (_, hex, bytes, fields, found) => {
    const unit = { kind: "header", ...sound, ...fields };
    expect(read(fromHex(hex))).toEqual({ beginning: { unit, bytes, next: "tags" }, found });
  });

  test.each([1, 2, 3, 8])("cut after %d bytes is told so", (length) => {
    expect(read(fromHex("464c5601 05 00000009").subarray(0, length))).toEqual({
      beginning: { unit: null, bytes: length, next: "tags" },
      found: [["header-truncated", `after ${length} of 13 bytes`, 0]],
    });
  });

  test.each([
    ["at once", TAG, 0],
    ["behind four bytes", `${ZEROS} ${TAG}`, 4],
  ])("is missing where a tag stands %s", (_, hex, bytes) => {
    expect(read(Buffer.concat([fromHex(hex), Buffer.alloc(20)]))).toEqual({
      beginning: { unit: null, bytes, next: "tags" },
      found: [["header-missing", "found a tag of type 9 instead", 0]],
    });
  });

  test.each([
    [9, 24],
    [10, 25],
    [1024, 1039],
    [1025, 24],
  ])("of DataOffset %d is read as soon as %d bytes have come", (dataOffset, needed) => {
    const header = fromHex("464c5601 05 00000000");
    header.writeUInt32BE(dataOffset, 5);
    const bytes = Buffer.concat([header, Buffer.alloc(2000)]);
    expect(read(bytes.subarray(0, needed - 1), false).beginning).toBeNull();
    expect(read(bytes.subarray(0, needed), false).beginning).not.toBeNull();
  });
});
