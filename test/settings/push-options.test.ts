import { describe, expect, it } from "vitest";
import { settingsFromCode } from "../../src/settings/from-code.ts";
import { resolveStartSettings } from "../../src/settings/resolve.ts";

function pushesOf(text: string, env: Readonly<Record<string, string>> = {}) {
  const flags = text === "" ? [] : [["push", text] as const];
  return resolveStartSettings(new Map([["device", "test"], ...flags]), env).channel.push;
}

const defaults = { audio: "auto", maxLagMs: 5000, insecure: false, when: "always" };

describe("--push", () => {
  it.each([
    ["rtmps://a.rtmps.youtube.com/live2/abcd-efgh", "rtmps://a.rtmps.youtube.com/live2/…"],
    ["rtmp://10.0.0.5/live/cam1", "rtmp://10.0.0.5/live/…"],
    ["rtmp://h:1936/app/x?user=a&pass=b", "rtmp://h:1936/app/…"],
    ["rtmp://h/live2?backup=1/KEY", "rtmp://h/live2…"],
    ["rtmp://h/s3cret-Application/x", "rtmp://h/…"],
    ["rtmp://[::1]:1935/live/x", "rtmp://[::1]:1935/live/…"],
  ])("%s is shown as %s", (url, shown) => {
    expect(pushesOf(url)).toEqual([{ ...defaults, url, shown }]);
  });

  it("may be given more than once, also as a variable, and different keys have different names", () => {
    const [one, other, third] = ["rtmp://h/live/a", "rtmp://h/live/b,c", "rtmp://h/other/a"];
    const names = ["rtmp://h/live/…", "rtmp://h/live/… (2)", "rtmp://h/…"];
    const all = pushesOf("", { FLVCAST_PUSH: [one, other, third].join(",") });
    expect(all.map(({ url }) => url)).toEqual([one, other, third]);
    expect(all.map(({ shown }) => shown)).toEqual(names);
  });

  it.each([
    ["http://h/live/topsecret", "is not an RTMP URL"],
    ["rtmp://h/topsecret", "has no stream key"],
    ["rtmp://user:topsecret@h/live/x", "is not an RTMP URL"],
    ["rtmp://h/live/topsecret,rtmp://h/live/topsecret", "has rtmp://h/live/… twice: remove one"],
    [
      Array.from({ length: 17 }, (_, index) => `rtmp://h/live/topsecret${index}`).join(),
      "has 17 targets: use up to 16",
    ],
  ])("%s is refused without its key", (text, why) => {
    expect(() => pushesOf(text)).toThrow(`--push ${why}`);
    expect(() => pushesOf(text)).not.toThrow("topsecret");
  });
});

describe("push from code", () => {
  it("takes URLs, and objects with a URL", () => {
    const push = ["rtmp://h/live/a", { url: "rtmp://h/live/b", audio: "silent", maxLagMs: 8000 }] as const;
    expect(settingsFromCode({ device: "test", push }).channel.push).toEqual([
      { ...defaults, url: "rtmp://h/live/a", shown: "rtmp://h/live/…" },
      { ...defaults, url: "rtmp://h/live/b", shown: "rtmp://h/live/… (2)", audio: "silent", maxLagMs: 8000 },
    ]);
  });

  it.each([
    ["rtmp://h/live/topsecret", "push is a string: use an array"],
    [[5], "push[0] is a number: use a URL, or an object with a url"],
    [[{ url: "rtmp://h/topsecret" }], "push[0].url has no stream key"],
    [[{ url: "rtmp://h/live/topsecret", lag: 5 }], "unknown setting push[0].lag"],
    [[{ url: "rtmp://h/live/topsecret", maxLagMs: 5 }], "push[0].maxLagMs is out of range"],
    [["rtmp://h/live/topsecret", "rtmp://h/live/topsecret"], "push has rtmp://h/live/… twice"],
  ])("%j is refused", (push, why) => {
    expect(() => settingsFromCode({ device: "test", push: push as never })).toThrow(why);
    expect(() => settingsFromCode({ device: "test", push: push as never })).not.toThrow("topsecret");
  });
});
