import { encode } from "uqr";
import { describe, expect, test } from "vitest";
import { qrCode } from "../../src/cli/qr-code.ts";

const URL_TO_WATCH = "http://192.168.1.7:8080/watch/garden?token=ionic-satin-chomp-grab-tux";
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** The modules that a reader sees: true is dark. */
function modulesIn(text: string, inkIsDark: boolean): boolean[][] {
  const lines = text.replaceAll(ESCAPES, "").split("\n").slice(0, -1);
  return lines.flatMap((line) =>
    ["▀█", "▄█"].map((inks) => Array.from(line, (cell) => inks.includes(cell) === inkIsDark)),
  );
}

describe("a QR code", () => {
  test.each([true, false])("on a terminal, with colours %j, is the code of its text", async (isColored) => {
    const { text, columns } = await qrCode(URL_TO_WATCH, { isColored });
    const { data, size } = encode(URL_TO_WATCH, { border: 2 });
    expect(modulesIn(text, isColored).slice(0, size)).toEqual(data);
    expect(columns).toBe(size);
  });

  test("of a URL with a token is small enough for a terminal of 80 columns and 24 lines", async () => {
    const { text, columns } = await qrCode(URL_TO_WATCH, { isColored: true });
    expect([columns, text.split("\n").length - 1]).toEqual([37, 19]);
  });

  test("is black on white where there are colours, and has no escape sequence else", async () => {
    const { text } = await qrCode("a", { isColored: true });
    expect(text.match(ESCAPES)?.slice(0, 2)).toEqual(["\u001B[30;107m", "\u001B[0m"]);
    expect(text.replaceAll(ESCAPES, "")).toMatch(/^[ ▀▄█\n]+$/);
    expect((await qrCode("a", { isColored: false })).text).toMatch(/^[ ▀▄█\n]+$/);
  });
});
