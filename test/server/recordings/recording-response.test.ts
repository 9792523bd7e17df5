import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AuthGate } from "../../../src/auth/gate.ts";
import type { Gate } from "../../../src/auth/request.ts";
import { DiskError } from "../../../src/recordings/disk.ts";
import type { HttpServerOptions } from "../../../src/server/server.ts";
import { storyOf } from "../../outputs/live/fakes.ts";
import { flvFile, patterned, START_MS } from "../../recordings/fake-recordings.ts";
import { bytesOf, Recorded } from "./recorded.ts";

const OPENING = "metadata@0 video-config@0 audio-config@0";
const rules = { allowedOrigins: [], ourNames: [], trustedProxies: [] } as const;

let recorded: Recorded;
let id: string;

beforeAll(async () => {
  recorded = await Recorded.start();
});
beforeEach(() => {
  recorded.recordings.reset();
  recorded.stream.recordings = recorded.recordings;
  id = recorded.recordings.add(flvFile(`${OPENING} key@0 delta@40`), { durationMs: 80 }).id;
});
afterAll(() => recorded.stop());

describe("what is not there", () => {
  it.each([
    ["/recordings/other/ID.flv", "stream not found\n"],
    ["/recordings/other/play.flv", "stream not found\n"],
    ["/recordings/cam/20261129T140501Z.flv", "recording not found: it may have been deleted\n"],
    ["/recordings/cam/20261129T140501Z.mp4", "recording not found: it may have been deleted\n"],
    ["/recordings/cam/.flv", "not found\n"],
    ["/recordings/cam/ID", "not found\n"],
    ["/recordings/cam/ID.mkv", "not found\n"],
    ["/recordings/cam/ID.flv.part", "not found\n"],
    ["/recordings/cam/ID.flv/", "not found\n"],
    ["/recordings/cam/ID.FLV", "not found\n"],
    ["/recordings/cam", "not found\n"],
    ["/recordings/", "not found\n"],
    ["/recordings//ID.flv", "not found\n"],
  ])("is said not to be: %s", async (path, body) => {
    const client = await recorded.ask(path.replace("ID", id));
    expect([client.status, client.body]).toEqual([404, body]);
  });

  it("may be a stream that is not recorded", async () => {
    recorded.stream.recordings = null;
    const client = await recorded.ask(`/recordings/cam/${id}.flv`);
    expect([client.status, client.body]).toEqual([404, '"cam" is not recorded\n']);
  });
});

describe("a name or ID that would lead elsewhere", () => {
  const ways = [
    "..",
    "%2e%2e",
    "%252e%252e",
    ".",
    "%00",
    "%2500",
    "x%00",
    "%5c..",
    "..%5c",
    "..\\",
    "%c0%ae%c0%ae",
  ];
  const targets = ["etc%2fpasswd", "etc/passwd", "etc%252fpasswd", "etc%5cpasswd"];
  const paths = ways.flatMap((way) => [
    ...targets.map((target) => `/recordings/cam/${way}/${target}.flv`),
    ...targets.map((target) => `/recordings/cam/${way}%2f${target}.flv`),
    ...targets.map((target) => `/recordings/cam/${way}%252f${target}.mp4`),
    `/recordings/${way}/ID.flv`,
    `/recordings/cam/${way}.flv`,
    `/recordings/cam/${way}ID.flv`,
    `/recordings/cam/ID${way}.flv`,
    `/recordings/${way}cam/play.flv`,
    `/recordings/${way}/play.mp4`,
  ]);

  it.each(paths)("leads nowhere: %s", async (path) => {
    const client = await recorded.ask(path.replace("ID", id));
    expect([400, 404]).toContain(client.status);
    expect(recorded.recordings.reads).toEqual([]);
  });

  it("may be spelled in another way, if it is the same", async () => {
    const spelled = `%63am/${id.replace("T", "%54")}`;
    expect((await recorded.ask(`/recordings/${spelled}.fl%76`)).status).toBe(200);
  });
});

const at = (ms: number) => new Date(START_MS + ms).toISOString();
const badTime = (name: string) =>
  `${name} must be a time such as 2026-11-29T14:05:00Z, or in milliseconds since 1970\n`;

/** Everybody, from the address that the query says. */
const judge: Gate["judge"] = ({ query }) => ({
  ...{ kind: "admitted", address: `192.0.2.${query}`, headers: {} },
});

describe("what was recorded between two moments", () => {
  const story = `header ${OPENING} key@0 delta@40`;

  it.each([
    ["all of it", ""],
    ["in milliseconds", `?from=${START_MS}&to=${START_MS + 80}`],
    ["as RFC 3339", `?from=${at(0)}&to=${at(80)}`],
    ["with an offset", "?from=2026-11-29T15:05:00%2B01:00"],
    ["with an offset whose plus is a space in a query", "?from=2026-11-29t15:05:00+01:00"],
    ["with an offset to the west", "?from=2026-11-29T09:05:00-05:00"],
    ["from before it to after it", "?from=0&to=8640000000000000"],
    ["with what others ask for", "?download&token=x&x=from"],
  ])("is one file, of unknown length: %s", async (_what, query) => {
    const client = await recorded.ask(`/recordings/cam/play.flv${query}`);
    expect([client.status, storyOf(bytesOf(client))]).toEqual([200, story]);
    expect(
      ["content-type", "content-length", "accept-ranges", "cache-control"].map((name) => client.header(name)),
    ).toEqual(["video/x-flv", null, "none", "no-store"]);
  });

  it("has no ranges", async () => {
    const client = await recorded.ask("/recordings/cam/play.flv", "Range: bytes=2-4\r\n");
    expect([client.status, storyOf(bytesOf(client))]).toEqual([200, story]);
  });

  it("is not read for HEAD", async () => {
    const client = await recorded.ask("/recordings/cam/play.flv", "", "HEAD");
    expect([client.status, client.header("content-type"), client.body]).toEqual([200, "video/x-flv", ""]);
    expect(recorded.recordings.reads).toEqual([]);
  });

  it.each([
    ["from=2026-11-29T14:06:00Z", "after it"],
    ["to=2026-11-29T14:05:00Z", "before it"],
    [`from=${START_MS + 80}&to=${START_MS + 81}`, "just behind its end"],
  ])("is not there: %s", async (query) => {
    const client = await recorded.ask(`/recordings/cam/play.flv?${query}`);
    expect([client.status, client.body]).toEqual([404, "nothing was recorded then\n"]);
  });

  it.each([
    ["from=", badTime("from")],
    ["to=", badTime("to")],
    ["from=now", badTime("from")],
    ["from=-1", badTime("from")],
    ["from=1.5", badTime("from")],
    ["from=1e3", badTime("from")],
    ["from=8640000000000001", badTime("from")],
    ["from=99999999999999999", badTime("from")],
    ["from=2026-11-29", badTime("from")],
    ["from=2026-11-29T14:05:00", badTime("from")],
    ["from=2026-11-29T14:05Z", badTime("from")],
    ["from=2026-02-30T14:05:00Z", badTime("from")],
    ["from=2026-11-29T24:05:00Z", badTime("from")],
    ["from=2026-11-29T14:05:00%2B0100", badTime("from")],
    ["from=Sun, 29 Nov 2026 14:05:00 GMT", badTime("from")],
    ["to=yesterday", badTime("to")],
    ["from=1&from=2", "from may be given only once\n"],
    ["to=1&to=1", "to may be given only once\n"],
    ["from=2&to=2", "from must be before to\n"],
    ["from=3&to=2", "from must be before to\n"],
  ])("must be asked for in a way that is understood: %s", async (query, body) => {
    for (const format of ["flv", "mp4"]) {
      const client = await recorded.ask(`/recordings/cam/play.${format}?${query.replaceAll(" ", "%20")}`);
      expect([client.status, client.body]).toEqual([400, body]);
    }
  });

  it("is answered with an error where the disk fails at once", async () => {
    recorded.recordings.files.clear();
    const client = await recorded.ask("/recordings/cam/play.flv");
    expect([client.status, client.body]).toEqual([404, "recording not found: it may have been deleted\n"]);
  });

  it("ends with the connection where the disk fails later", async () => {
    recorded.recordings.add(flvFile(`${OPENING} key@0`));
    recorded.recordings.beforeRead = async (reads) => {
      if (reads < 2) return;
      await new Promise(setImmediate); // the first piece is sent
      throw new DiskError("EIO", "broken");
    };
    const client = await recorded.ask("/recordings/cam/play.flv");
    expect(client.status).toBe(200);
    expect(client.body.endsWith("0\r\n\r\n")).toBe(false); // so its client knows that there was more
  });
});

it.each(["flv", "mp4"])("a recording is only read: %s", async (format) => {
  for (const path of [`/recordings/cam/${id}.${format}`, `/recordings/cam/play.${format}`]) {
    const client = await recorded.ask(path, "", "DELETE");
    expect([client.status, client.header("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect((await recorded.ask(path, "", "OPTIONS")).status).toBe(204);
  }
  expect(recorded.recordings.reads).toEqual([]);
});

describe("where a token is needed", () => {
  const [token, own] = ["right-token-0123456789ab", "stream-token-0123456789"];

  it("a recording needs the one that its stream does", async () => {
    const gate = new AuthGate({ ...rules, token });
    gate.setStream("cam", { token: own });
    const guarded = await Recorded.start({ gate });
    guarded.recordings.add(flvFile(`${OPENING} key@0`), { id });
    for (const path of [`/recordings/cam/${id}.flv`, "/recordings/cam/play.flv"]) {
      const status = async (query: string, headers = "") =>
        (await guarded.ask(`${path}${query}`, headers)).status;
      expect(await status("")).toBe(401);
      expect(await status("?token=wrong")).toBe(401);
      expect(await status(`?token=${token}`)).toBe(200);
      expect(await status(`?from=1&token=${own}`)).toBe(200);
      expect(await status("", `Authorization: Bearer ${own}\r\n`)).toBe(200);
      expect((await guarded.ask(`${path.replace("cam", "other")}?token=${own}`)).status).toBe(401);
    }
    await guarded.stop();
  });

  it("nobody else hears what is there", async () => {
    const guarded = await Recorded.start({ gate: new AuthGate({ ...rules, token }) });
    const there = await guarded.ask("/recordings/cam/play.flv?from=bad");
    const nowhere = await guarded.ask("/recordings/other/play.flv");
    expect([there.status, there.body]).toEqual([401, nowhere.body]);
    await guarded.stop();
  });
});

describe("how many are sent at once", () => {
  const long = patterned(64 * 256 * 1024);
  let busy: Recorded;
  let path: string;
  const begun = () => busy.recordings.reads.filter(([start]) => start === 0).length;

  const start = async (options: HttpServerOptions) => {
    busy = await Recorded.start(options);
    path = `/recordings/cam/${busy.recordings.add(long).id}.flv`;
  };
  afterEach(() => busy.stop());

  it("to one address is limited, until one has left", async () => {
    await start({});
    const clients = Array.from({ length: 8 }, () => busy.begin(path));
    for (const client of clients) client.socket.pause();
    await expect.poll(begun).toBe(8);
    const refused = await busy.ask(path, "Range: bytes=1-1\r\n");
    expect([refused.status, refused.body]).toEqual([
      ...[429, "too many recordings are sent to your address; try again in 5 seconds\n"],
    ]);
    expect((await busy.ask(path, "", "HEAD")).status).toBe(200);
    clients[0]?.socket.destroy();
    await expect.poll(async () => (await busy.ask(path, "Range: bytes=1-1\r\n")).status).toBe(206);
  });

  it("in all is limited", async () => {
    await start({ gate: { judge } });
    for (let n = 0; n < 32; n += 1) busy.begin(`${path}?${n}`).socket.pause();
    await expect.poll(begun).toBe(32);
    const refused = await busy.ask(`${path}?99`);
    expect([refused.status, refused.body]).toEqual([
      ...[503, "too many recordings are being sent; try again in 5 seconds\n"],
    ]);
  });
});
