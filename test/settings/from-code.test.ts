import { describe, expect, it, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { type GivenSettings, settingsFromCode } from "../../src/settings/from-code.ts";

describe("settings from code", () => {
  it("have the command line's defaults where they are left out, undefined, or null as the default is", () => {
    const left = { fps: undefined, host: undefined, name: undefined };
    const none = { size: null, tlsCert: null, recordMaxBytes: null, recordKeepFree: null, exitIdleMs: null };
    const given = { device: "test", ...left, ...none } as const;
    expect(settingsFromCode(given)).toEqual(settingsFromCode({ device: "test" }));
  });

  it("are what they are given as, numbers to their last digit", () => {
    const given: GivenSettings = {
      ...{ device: "cam0", audio: "none", name: "garden", encoder: "libx264", inputFormat: null },
      ...{ size: { width: 640, height: 360 }, fps: 30_000 / 1001, bitrateKbps: 512.5, gopSeconds: 0.5 },
      ...{ host: "0.0.0.0", port: 0, auth: "none", maxViewers: 7, maxViewersPerAddress: null, www: "page" },
      ...{ allowedOrigins: ["https://a.example"], trustedProxies: ["10.0.0.0/8"], publicHosts: [] },
      ...{ durationMs: null, readyTimeoutMs: 1234, stallMs: 5000, wait: true, exitOnDeviceError: false },
      ...{ maxBatchMs: 33, maxLagMs: 2500, viewerTimeoutMs: 10_000, keyWaitMs: 5000 },
    };
    const { server, channel } = settingsFromCode(given);
    const { device, audio, video, viewers, ...running } = channel;
    const { device: _, audio: __, ...expected } = given;
    expect({ ...server, ...running, ...viewers, ...video, encoder: "libx264" }).toMatchObject(expected);
    expect([device, audio]).toMatchObject([{ text: "cam0" }, "none"]);
  });

  it.each([
    { variant: { height: 720 } },
    { variant: { number: 1 } },
    { map: { video: 1, audio: null } },
    { map: { video: null, audio: 2 } },
  ])("choose tracks: %j", (given) => {
    const { tracks } = settingsFromCode({ device: "film.ts", ...given }).channel;
    expect(tracks).toMatchObject(given);
  });

  it.each([
    { crop: { width: 640, height: 480, at: { x: 100, y: 50 } } },
    { crop: { width: 640, height: 480, at: null } },
  ])("name a part of the video: %j", (given) => {
    expect(settingsFromCode({ device: "test", ...given }).channel.video.filters).toMatchObject(given);
  });

  it("set a camera's controls", () => {
    const controls = [
      { name: "brightness", value: "128" },
      { name: "gain", value: "3" },
    ];
    expect(settingsFromCode({ device: "cam0", controls }).channel.controls).toEqual(controls);
  });

  it("are told of in lower case where names are compared so", () => {
    expect(settingsFromCode({ device: "test", publicHosts: ["Cam.LAN"] }).server.publicHosts).toEqual([
      "cam.lan",
    ]);
  });

  test.each<[given: unknown, message: string]>([
    [undefined, "no settings given: pass { device }"],
    [null, "no settings given: pass { device }"],
    [{}, 'no device given: pass one, e.g. { device: "test" }'],
    [{ device: undefined }, "no device given"],
    [{ device: null }, "device is null: remove it"],
    [{ device: 7 }, "device is a number: use a string"],
    [{ device: "" }, "device is empty"],
  ])("%j are refused", (given, message) => {
    expect(() => settingsFromCode(given as GivenSettings)).toThrow(
      expect.objectContaining({ reason: "usage", message: expect.stringContaining(message) }),
    );
  });

  test.each<[given: object, message: string]>([
    [{ fps: 1000 }, "fps 1000 is out of range: use more than 0 and up to 240"],
    [{ fps: Number.NaN }, "fps NaN is not a frame rate"],
    [{ fps: "30" }, "fps is a string: use a number"],
    [{ size: { width: 1, height: 1 } }, "size 1x1 is out of range"],
    [{ size: { width: 640 } }, "size 640xnull is not a size"],
    [{ size: "640x360" }, "size is a string: use an object"],
    [{ bitrateKbps: -1 }, "bitrateKbps -1k is not a bit rate"],
    [{ gopSeconds: Number.POSITIVE_INFINITY }, "gopSeconds Infinity is not a time"],
    [{ port: 70_000 }, "port 70000 is not a port"],
    [{ port: "80" }, "port is a string: use a number"],
    [{ port: null }, "port is null: remove it"],
    [{ stallMs: 0 }, "stallMs 0s is out of range"],
    [{ maxLagMs: 1 }, "maxLagMs 0.001s is out of range"],
    [{ maxBatchMs: 101 }, "maxBatchMs 101 is out of range"],
    [{ maxViewers: 0.5 }, "maxViewers 0.5 is not a whole number"],
    [{ copy: "yes" }, "copy is a string: use a boolean"],
    [{ wait: 1 }, "wait is a number: use a boolean"],
    [{ host: "a b" }, 'host "a b" is not an address'],
    [{ auth: "nobody" }, "auth nobody is not valid"],
    [{ token: "s3cr3t" }, "token "],
    [{ allowedOrigins: ["a"] }, "allowedOrigins a is not an origin"],
    [{ allowedOrigins: "https://a.example" }, "allowedOrigins is a string: use an array"],
    [{ www: "http://u:s3cr3t@a/" }, "www http://…@a/ is a URL: use a path"],
    [{ audio: () => "mic0" }, "audio is a function: remove it"],
    [{ encoder: "none" }, 'unknown encoder "none"'],
    [{ copy: true, fps: 30 }, "copy passes the video through unchanged: remove copy or fps"],
    [{ gopSecond: 2 }, "unknown setting gopSecond; did you mean gopSeconds?"],
    [{ audio: "screen" }, "audio screen has no audio: use a microphone, test, a media file or a URL"],
    [{ size: [] }, "size is empty: remove it"],
    [{ device: [] }, "device is empty: remove it"],
    [{ recordKeepFree: 5 }, "recordKeepFree is a number: remove it"],
    [{ recordMaxBytes: Symbol("50GB") }, "recordMaxBytes is a symbol: remove it"],
    [{ constructor: 1 }, "unknown setting constructor"],
    [{ somethingElse: 1 }, "unknown setting somethingElse"],
    [{ quiet: true }, "quiet is only for the command line"],
    [{ name: "a/b" }, "name a/b is not a valid name"],
    [{ name: "" }, "name is empty: remove it"],
    [{ audio: "a\0b" }, "audio contains a null character: remove it"],
    [{ trustedProxies: ["fe80::1%a\0"] }, "trustedProxies contains a null character: remove it"],
    [{ token: "s3cr3t\0" }, "token contains a null character: remove it"],
    [{ push: [{ url: "rtmp://h/live/s3cr3t\0" }] }, "push[0].url contains a null character: remove it"],
    [{ name: "a.flv" }, "name a.flv has an extension"],
  ])("%j is refused", (more, message) => {
    const given: GivenSettings = { device: "test", ...more };
    const refusal = expect.objectContaining({ message: expect.stringContaining(message) });
    expect(() => settingsFromCode(given)).toThrow(refusal);
    expect(() => settingsFromCode(given)).toThrow(UserError);
    expect(() => settingsFromCode(given)).not.toThrow(/s3cr3t/);
  });
});
