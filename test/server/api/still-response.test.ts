import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { FakeStream } from "../fake-stream.ts";
import { Served } from "../served.ts";

let served: Served;
let stream: FakeStream;
beforeAll(async () => {
  served = await Served.start(false);
});
beforeEach(() => {
  stream = new FakeStream();
  served.server.setStreams(() => [stream]);
});
afterAll(() => served.stop());

const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${served.port}${path}`, init);

it("the picture is a JPEG that nobody keeps", async () => {
  const response = await ask("/live/cam.jpg");
  expect([response.status, Object.fromEntries(response.headers)]).toEqual([
    200,
    expect.objectContaining({
      ...{ "content-type": "image/jpeg", "content-length": "4", "cache-control": "no-store" },
    }),
  ]);
  expect(Buffer.from(await response.arrayBuffer()).toString("hex")).toBe("ffd8ffd9");
  expect(response.headers.get("last-modified")).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
  const head = await ask("/live/cam.jpg", { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "4", ""]);
});

it.each([
  ["before the first picture", { kind: "not-yet" }, 503, '"cam" has no image yet; try again in a second\n'],
  ["of sound alone", { kind: "none" }, 404, '"cam" has no video\n'],
  [
    "that ffmpeg cannot decode",
    new UserError("failure", "ffmpeg ended with 1"),
    ...([500, 'cannot decode the image of "cam" (failure)\n'] as const),
  ],
] as const)("a picture %s is refused in one line", async (_what, picture, status, line) => {
  stream.picture = picture;
  const response = await ask("/live/cam.jpg");
  expect([response.status, await response.text()]).toEqual([status, line]);
});

it("a picture whose key frame is too old is refused, with its age", async () => {
  stream.picture = { kind: "too-old", takenMs: Date.now() - 3_600_000 };
  const response = await ask("/live/cam.jpg");
  expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
  expect(await response.text()).toMatch(/^"cam" has sent no key frame for 360\d s; try again in a second\n$/);
});

it("there is none of a stream that is not here, and it is only read", async () => {
  expect((await ask("/live/other.jpg")).status).toBe(404);
  expect((await ask("/live/cam.jpeg")).status).toBe(404);
  expect((await ask("/live/cam.jpg", { method: "POST" })).status).toBe(405);
});
