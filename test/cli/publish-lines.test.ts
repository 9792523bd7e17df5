import { expect, test } from "vitest";
import { publishEvents, publishLines } from "../../src/cli/publish-lines.ts";

const address = {
  server: "rtmp://192.168.1.20/live",
  streamKey: "door?key=ionic-satin-chomp-grab-tux",
  url: "rtmp://192.168.1.20/live/door?key=ionic-satin-chomp-grab-tux",
};

test("what to enter in OBS is two fields, and on a phone one", () => {
  expect(publishLines(address)).toBe(`\
OBS server rtmp://192.168.1.20/live
Stream key door?key=ionic-satin-chomp-grab-tux
One URL    rtmp://192.168.1.20/live/door?key=ionic-satin-chomp-grab-tux
`);
});

test("a log says where to publish, and not with which key", () => {
  const text = "publish to rtmp://192.168.1.20/live; print the stream key with: flvcast url --publish door";
  const fields = { name: "door", server: address.server };
  expect(publishEvents({ name: "door", publishAt: () => address })).toEqual([
    { level: "notice", event: "publish-here", text, fields },
  ]);
  expect(publishEvents({ name: "door", publishAt: () => null })).toEqual([]);
});
