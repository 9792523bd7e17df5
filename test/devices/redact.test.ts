import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact, redactor, shownArgument, shownUrl } from "../../src/devices/redact.ts";
import { mistypedUrls, secretsIn, secretUrls } from "./secret-urls.ts";

describe("of a URL is shown what is no secret", () => {
  it.each(secretUrls)("$url", ({ url, shown }) => {
    expect(shownUrl(url)).toBe(shown);
    expect(shownUrl(shown)).toBe(shown);
    expect(redact(shown)).toBe(shown);
  });

  it.each([
    ...["rtsp://cam.local/", "rtsp://cam", "http://host:8080/live/x.flv", "rtsp://[::1]:8554/cam1-main"],
    ...[
      "https://host/hls/stream.m3u8",
      "http://cam/cgi-bin/video.cgi",
      "rtsp://cam/onvif/profile1/media.sdp",
    ],
  ])("%s, whole", (url) => {
    expect(shownUrl(url)).toBe(url);
  });

  it.each([
    ["https://h/1234", "https://h/…"], // a PIN
    ["https://h/live/1234567/x", "https://h/live/…"],
    ["https://h/1a2b3c", "https://h/…"],
    ["https://h/a1-b2-c3-d4-e5", "https://h/…"],
    ["https://h/live/../hunter2", "https://h/live/…"],
    ["https://h/live%2Fhunter2", "https://h/…"],
    ["https://h\\hunter2", "https://h/…"],
    ["https://h?hunter2", "https://h…"],
    ["https://h:hunter2/", "https://…"],
    ["rtsp://:@h/", "rtsp://…@h/"],
  ])("of %s: %s", (url, shown) => expect(shownUrl(url)).toBe(shown));

  it("in no time, however long it is", () => {
    const url = `https://h/${"livestream".repeat(10_000)}!`;
    expect(shownUrl(url)).toBe("https://h/…");
  });
});

describe("of what somebody typed is shown", () => {
  it.each(secretUrls)("of $url what is no secret", ({ url, shown }) => {
    expect(shownArgument(url)).toBe(shown);
  });

  it.each(mistypedUrls)("of $url what is no secret, though it is no URL", ({ url, shown }) => {
    expect(shownArgument(url)).toBe(shown);
  });

  it("nothing of a password with a blank in it", () => {
    expect(shownArgument("rtsp://admin:my pass@cam/ch1")).toBe("rtsp://…@cam/ch1");
    expect(shownArgument("'rtsp://admin:my pass@cam/ch1")).toBe("'rtsp://…@cam/ch1");
  });

  it.each([
    ...[
      "",
      "test",
      "-",
      "cam0",
      "/dev/video0",
      "hw:1,0",
      "hw:CARD=USB_Audio,DEV=0",
      "video=USB Camera",
      ":0.0+1,2",
    ],
    ...[
      "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0",
      "alsa_input.usb-046d_C270-02.mono-fallback",
    ],
    ...["@device_pnp_\\\\?\\usb#vid_046d&pid_0825&mi_00#7&2a1b&0&0000#{65e8773d-8f56-11d0}\\global"],
    ...["C:\\Users\\me@home\\talk.mp4", "/home/me/What now?.mp4", "/home/me/a=b/talk_1.mp4", "me@home.mp4"],
  ])("%s, whole", (text) => expect(shownArgument(text)).toBe(text));
});

describe("passwords in what we print", () => {
  it.each([
    ["rtsp://admin:s3cret@10.0.0.9:554/ch1", "rtsp://…@10.0.0.9:554/ch1"],
    ["Error opening input file rtsp://u:p@ss@h/x.", "Error opening input file rtsp://…@h/x."],
    ["http://:pw@host/", "http://…@host/"],
    [
      "[https @ 0x55] Opening 'https://h/a.ts?token=abc&x=1' for reading",
      "[https @ 0x55] Opening 'https://h/a.ts…' for reading",
    ],
    [
      "tcp://10.0.0.9:554?timeout=1 failed: Connection refused",
      "tcp://10.0.0.9:554… failed: Connection refused",
    ],
    ["https://a.example,https://u:p@b.example", "https://a.example,https://…@b.example"],
    ["no camera admin:geheim@cam/1", "no camera …@cam/1"],
    ["http://host:8080/live/x.flv", "http://host:8080/live/x.flv"],
    ["12:30:01 a plain line @ 0x55", "12:30:01 a plain line @ 0x55"],
    [
      "[in#0/v4l2 @ 0x55] /dev/video0: Device or resource busy",
      "[in#0/v4l2 @ 0x55] /dev/video0: Device or resource busy",
    ],
  ])("are hidden in %s", (text, hidden) => {
    expect(redact(text)).toBe(hidden);
  });

  it.each([
    ["letters", "a".repeat(100_000)],
    ["brackets", "(".repeat(100_000)],
    ["colons behind brackets", "(a:".repeat(30_000)],
    ["dots behind a URL", `http://cam/${".".repeat(100_000)}x`],
  ])("are looked for in time that grows with the line: many %s", (_, text) => {
    const beganMs = performance.now();
    redact(text);
    expect(performance.now() - beganMs).toBeLessThan(10_000); // each took half a minute
  });

  it("are hidden behind a scheme of any length", () => {
    expect(redact(`${"a".repeat(50)}://u:secret@cam/1`)).toBe(`${"a".repeat(50)}://…@cam/1`);
  });

  it("are hidden outside their URL too, also percent-decoded", () => {
    const said = redactor("rtsp://admin:p%40ss%2Fword@cam/1");
    expect(said("Authorization of admin with p@ss/word failed")).toBe("Authorization of … with … failed");
    expect(said("p%40ss%2Fword")).toBe("…");
    expect(said("rtsp://admin:p%40ss%2Fword@cam/1: 401")).toBe("rtsp://…@cam/1: 401");
  });

  it("are hidden where they are short, but not in the middle of other words", () => {
    const said = redactor("rtsp://u:pw@cam/1");
    expect(said("user u with pw: upward, no user")).toBe("user … with …: upward, no user");
  });

  it.each([
    ["rtsp://cam/live?user=admin1;pass=hunter2", "hunter2 of admin1", "… of …"],
    ["rtsp://a@b:secret1@cam/x@y", "secret1", "…"],
    ["rtsp://user1:ab:cd1@cam/1", "user1, ab:cd1", "…, …"],
    ["rtsp://user1:secret1@cam/x@y", "user1 and secret1", "… and …"],
    ["https://h/live?a=b=hunter2", "b=hunter2", "…"],
    ["rtsp://a@dmin1:p@ss1@cam/1", "p@ss1 and a@dmin1", "… and …"],
    ["https://h/live?key=one+two3", "one two3", "…"],
    ["https://h/live?key=%zz%41bc", "%zz%41bc", "…"],
    ["https://h/live#frag1234", "frag1234", "…"],
  ])("are hidden outside of %s", (url, said, shown) => {
    expect(redactor(url)(said)).toBe(shown);
  });

  it("are hidden where they overlap, whole", () => {
    expect(redactor("https://cam/?a=hunter2&b=ter2lion")("x hunter2lion x")).toBe("x … x");
    expect(redactor("https://cam/?a=abab")("ababab")).toBe("…");
  });

  it("are hidden as they were typed, with an @, a quote, a slash or a space in them", () => {
    for (const password of ["p@ss", "it's", "a/b/c", "my pass", "a?b#c", "100%", "a\\b"]) {
      const url = `rtsp://admin:${password}@cam/1`;
      const said = redactor(url);
      for (const text of [
        url,
        `cannot open ${url}: no`,
        `no host ${password}`,
        `'${password}'`,
        `admin:${password}`,
      ])
        expect(said(text)).not.toContain(password);
    }
  });

  it("of the thirty URLs are in nothing that ffmpeg may say", () => {
    for (const one of secretUrls) {
      const said = redactor(one.url);
      const decoded = decodeURIComponent(one.url);
      for (const text of [
        one.url,
        decoded,
        `[in#0 @ 0x5] Error opening input ${one.url}.`,
        `Opening '${one.url}' for reading`,
      ])
        expect([text, secretsIn(said(text), one)]).toEqual([text, []]);
    }
  });

  it("of any URL are in nothing that is shown", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9!$'()*,;=:._~%-]{6,20}$/).map((text) => `Zq${text}9Q`);
    const places: readonly ((text: string) => string)[] = [
      (text) => `rtsp://${text}@cam/live`,
      (text) => `rtsp://u:${text}@cam/live`,
      (text) => `rtsp://cam/${text}`,
      (text) => `rtsp://cam/live/${text}/1`,
      (text) => `https://cam/live?${text}`,
      (text) => `https://cam/live?x=1&y=${text}&z`,
      (text) => `https://cam/live#${text}`,
    ];
    fc.assert(
      fc.property(secret, fc.constantFrom(...places), (text, place) => {
        const url = place(text);
        for (const shown of [shownUrl(url), redact(`at ${url} now`), redactor(url)(`${url} ${text}`)])
          expect(shown).not.toContain(text.slice(0, 6));
      }),
    );
  });
});
