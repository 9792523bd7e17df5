import { expect, it } from "vitest";
import { configTemplate } from "../../src/config/template.ts";
import { parse } from "./parsed.ts";

it("each camera is a stream of its own name, whatever the others are called", () => {
  const named = ["HD Webcam", "HD Webcam", "HD Webcam-2", "a".repeat(70), "a".repeat(70), "\u001b[2J"];
  const cameras = named.map((name, index) => ({ name, stableId: `id${index}` }));
  const { streams } = parse(configTemplate(cameras)).settings;
  expect(streams.map(({ channel }) => channel.name)).toEqual([
    ...["hd-webcam", "hd-webcam-2", "hd-webcam-2-2", "a".repeat(64), `${"a".repeat(60)}-2`, "2j"],
  ]);
});
