import { describe, expect, it } from "vitest";
import {
  filterIn,
  momentIn,
  readAddress,
  recordingsUrl,
  streamUrl,
  watchUrl,
  withFilter,
  withMoment,
  withoutToken,
} from "../../src/web/address.ts";

const read = (text: string) => readAddress(new URL(text));

describe("the page's address", () => {
  it.each([
    ["http://pi:8080/", "http://pi:8080/"],
    ["https://house.example/cams/", "https://house.example/cams/"],
    ["https://house.example/cams/?token=x", "https://house.example/cams/"],
  ])("%s is the grid, with the server's paths below %s", (text, base) => {
    expect(read(text)).toMatchObject({ view: { kind: "home" }, base: new URL(base) });
  });

  it.each([
    ["http://pi:8080/watch/cam0", "cam0", "http://pi:8080/"],
    ["https://house.example/cams/watch/front-door.1?sound", "front-door.1", "https://house.example/cams/"],
    ["http://pi:8080/watch/a%20b", "a b", "http://pi:8080/"],
    ["http://pi:8080/watch/%zz", "%zz", "http://pi:8080/"],
  ])("%s watches %s", (text, name, base) => {
    expect(read(text)).toMatchObject({ view: { kind: "watch", name }, base: new URL(base) });
  });

  it.each([
    ["http://pi:8080/watch/cam0/recordings", "cam0", "http://pi:8080/"],
    ["https://house.example/cams/watch/a%20b/recordings?at=x", "a b", "https://house.example/cams/"],
  ])("%s has the recordings of %s", (text, name, base) => {
    expect(read(text)).toMatchObject({ view: { kind: "recordings", name }, base: new URL(base) });
  });

  it("leads from there to the stream and to its page, whatever the name holds", () => {
    const base = new URL("https://house.example/cams/");
    expect(streamUrl(base, "cam0").href).toBe("https://house.example/cams/live/cam0.flv");
    expect(streamUrl(base, "../x").href).toBe("https://house.example/cams/live/..%2Fx.flv");
    expect(watchUrl(base, "cam0").href).toBe("https://house.example/cams/watch/cam0");
    expect(recordingsUrl(base, "a/b").href).toBe("https://house.example/cams/watch/a%2Fb/recordings");
  });

  it("says what is wished for, and takes no other word", () => {
    expect(read("http://pi/watch/a").options).toEqual({
      sound: false,
      clock: false,
      player: "auto",
      transport: "auto",
    });
    expect(read("http://pi/watch/a?sound&clock=1&player=mse&transport=websocket").options).toEqual({
      sound: true,
      clock: true,
      player: "mse",
      transport: "websocket",
    });
    expect(read("http://pi/watch/a?sound=0&player=flash").options).toMatchObject({
      sound: false,
      player: "auto",
    });
  });

  it("has no token where that is empty", () => {
    expect(read("http://pi/watch/a?token=").token).toBeNull();
  });

  it("can be shown without its token, and keeps the rest", () => {
    expect(withoutToken(new URL("http://pi/?token=secret&clock&filter=a,b")).href).toBe(
      "http://pi/?clock=&filter=a,b",
    );
  });
});

describe("the filter in the address", () => {
  it.each([
    ["http://pi/", ""],
    ["http://pi/?filter=", ""],
    ["http://pi/?filter=door,%20yard+", "door, yard"],
    ["http://pi/cams/?clock&filter=on+air", "on air"],
  ])("of %s is %j", (address, filter) => expect(filterIn(new URL(address))).toBe(filter));

  it.each([
    ["http://pi/", "door,yard", "http://pi/?filter=door,yard"],
    ["http://pi/?clock=", "a&b", "http://pi/?clock=&filter=a%26b"],
    ["http://pi/?filter=door&clock=", "yard", "http://pi/?filter=yard&clock="],
    ["http://pi/?filter=door", "", "http://pi/"],
  ])("of %s becomes %j", (address, filter, then) => {
    expect(withFilter(new URL(address), filter).href).toBe(then);
  });
});

describe("the moment in the address", () => {
  it.each([
    ["http://pi/watch/a/recordings", null],
    ["http://pi/watch/a/recordings?at=noon", null],
    ["http://pi/watch/a/recordings?at=2026-11-29T14:05:12Z", Date.UTC(2026, 10, 29, 14, 5, 12)],
  ])("of %s is %j", (address, ms) => expect(momentIn(new URL(address))).toBe(ms));

  it("is readable, and the rest stays", () => {
    const there = withMoment(
      new URL("http://pi/watch/a/recordings?sound="),
      Date.UTC(2026, 10, 29, 14, 5, 12, 345),
    );
    expect(there.href).toBe("http://pi/watch/a/recordings?sound=&at=2026-11-29T14:05:12Z");
    expect(momentIn(there)).toBe(Date.UTC(2026, 10, 29, 14, 5, 12));
  });
});
