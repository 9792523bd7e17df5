import { expect, it } from "vitest";
import { shownConfig } from "../../src/config/show.ts";
import { faultsOf, parse } from "./parsed.ts";

const FILE = `streams:
  a:
    device: test
    push:
      - "rtmp://h/live/\${KEY}"
      - { url: rtmps://a.rtmps.youtube.com/live2/abcd, audio: silent, max-lag: 8s, insecure: yes }
      - url: rtmp://h/live/x
        when: watched
  b: { device: test, push: rtmp://h/live/y }
  c: { device: test, push: { url: rtmp://h/live/z } }
`;
const scene = { env: { KEY: "topsecret" } };

it("a stream's push is a URL, a map, or a list of them", () => {
  const { streams } = parse(FILE, scene).settings;
  expect(streams.map(({ channel }) => channel.push)).toMatchObject([
    [
      {
        url: "rtmp://h/live/topsecret",
        shown: "rtmp://h/live/…",
        audio: "auto",
        maxLagMs: 5000,
        when: "always",
      },
      { url: "rtmps://a.rtmps.youtube.com/live2/abcd", audio: "silent", maxLagMs: 8000, insecure: true },
      { url: "rtmp://h/live/x", shown: "rtmp://h/live/… (2)", when: "watched", insecure: false },
    ],
    [{ url: "rtmp://h/live/y" }],
    [{ url: "rtmp://h/live/z" }],
  ]);
});

it("its keys are not shown", () => {
  const lines = shownConfig(parse(FILE, scene), null).split("\n");
  expect(lines.filter((line) => line.includes("push:")).map((line) => line.trim())).toEqual([
    'push: ["rtmp://h/live/…", { url: "rtmps://a.rtmps.youtube.com/live2/…", audio: "silent", max-lag: "8s", insecure: "yes" }, { url: "rtmp://h/live/… (2)", when: "watched" }]',
    'push: ["rtmp://h/live/…"]',
    'push: ["rtmp://h/live/…"]',
  ]);
});

it("what is wrong with it is said with its place, and without its keys", () => {
  const wrong = `streams:
  a:
    device: test
    push:
      - http://h/live/topsecret
      - { ural: rtmp://h/live/topsecret, max-lag: 8h }
      - { when: watched }
      - [rtmp://h/live/x]
  b: { device: test, push: [rtmp://h/live/topsecret, rtmp://h/live/topsecret] }
  c: { device: test, push: rtmp://h/live/same }
  d: { device: test, push: rtmp://h/live/same }
  e: { device: test, pushes: rtmp://h/live/e }
`;
  const use = "use rtmp://HOST/APP/KEY or rtmps://HOST/APP/KEY";
  expect(faultsOf(wrong).map((line) => line.replace("flvcast.yml:", ""))).toEqual([
    `5:9: streams.a.push[0]: is not an RTMP URL: ${use}`,
    "6:11: streams.a.push[1].ural: unknown; did you mean url?",
    "6:51: streams.a.push[1].max-lag: 8h is out of range: use 1s to 60s, e.g. 5s",
    "7:9: streams.a.push[2]: has no url: add one, e.g. url: rtmp://host/live/KEY",
    "8:9: streams.a.push[3]: is a list: use URL",
    "9:28: streams.b.push: has rtmp://h/live/… twice: remove one",
    "11:28: streams.d.push: d and c are both pushed to rtmp://h/live/…: give each its own stream key",
    "12:22: streams.e.pushes: unknown; did you mean push?",
  ]);
});
