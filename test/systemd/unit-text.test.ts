import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { execLine, unitText } from "../../src/systemd/unit-text.ts";

test("a unit is sections of assignments, with comments between", () => {
  const text = unitText([
    ["Unit", [["Description", "a"], ["why"]]],
    ["Service", [["Type", "notify"]]],
  ]);
  expect(text).toBe("[Unit]\nDescription=a\n# why\n\n[Service]\nType=notify\n");
});

describe("a command line for systemd", () => {
  test.each([
    [
      ["/usr/bin/node", "/opt/flvcast/bin/flvcast.js", "start"],
      "/usr/bin/node /opt/flvcast/bin/flvcast.js start",
    ],
    [["/n", "HD Webcam"], '/n "HD Webcam"'],
    [["/n", 'the "best" one'], '/n "the \\"best\\" one"'],
    [["/n", "it's"], '/n "it\'s"'],
    [["/n", "C:\\x"], '/n "C:\\\\x"'],
    [["/n", "50%"], "/n 50%%"],
    [["/n", "$HOME ${HOME}"], '/n "$$HOME $${HOME}"'],
    [["/opt/$x/n", "$x"], "/opt/$x/n $$x"],
    [["/n", ""], '/n ""'],
    [["/n", ";"], '/n ";"'],
    [["/n", "a\nb\tc"], '/n "a\\x0ab\\x09c"'],
    [["/n", "Tür"], '/n "Tür"'],
    [["/n", "a\u0085\u007f"], '/n "a\\xc2\\x85\\x7f"'],
    [["/n", 'a\\\\b""'], '/n "a\\\\\\\\b\\"\\""'],
    [["/n", "x y", "%%"], '/n "x y" %%%%'],
    [["/n", "a;b"], '/n "a;b"'],
    [[], '""'],
    [["/n", "rtsp://u:p%40ss@cam/1?a=b&c=$d"], '/n "rtsp://u:p%%40ss@cam/1?a=b&c=$$d"'],
  ])("of %j is %s", (words, line) => {
    expect(execLine(words)).toBe(line);
  });

  test("is one line, whatever the words", () => {
    const awkward = fc.constantFrom(..."ab \"'\\%$;{}-~\n\r\t\0\u0085\u009fü€".split(""));
    fc.assert(
      fc.property(fc.array(fc.string({ unit: awkward })), (words) => {
        expect(execLine(["/n", ...words])).not.toMatch(/[\n\r\0]/);
      }),
    );
  });
});
