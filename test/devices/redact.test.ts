import { describe, expect, it } from "vitest";
import { redactor, redactUrls } from "../../src/devices/redact.ts";

describe("passwords in what we print", () => {
  it.each([
    ["rtsp://admin:s3cret@10.0.0.9:554/ch1", "rtsp://admin:***@10.0.0.9:554/ch1"],
    ["Error opening input file rtsp://u:p@ss@h/x.", "Error opening input file rtsp://u:***@h/x."],
    ["http://:pw@host/", "http://:***@host/"],
    ["https://h/a.m3u8?token=abc&x=1", "https://h/a.m3u8?token=***&x=1"],
    ["https://h/a?user=me&Password=abc", "https://h/a?user=me&Password=***"],
    ["http://host:8080/live/x.flv", "http://host:8080/live/x.flv"],
    ["12:30:01 a plain line @ 0x55", "12:30:01 a plain line @ 0x55"],
  ])("are hidden in %s", (text, hidden) => {
    expect(redactUrls(text)).toBe(hidden);
  });

  it("are hidden outside their URL too, also percent-decoded", () => {
    const redact = redactor(["rtsp://admin:p%40ss%2Fword@cam/1"]);
    expect(redact("Authorization of admin with p@ss/word failed")).toBe(
      "Authorization of admin with *** failed",
    );
    expect(redact("p%40ss%2Fword")).toBe("***");
  });
});
