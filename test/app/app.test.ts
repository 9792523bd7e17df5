import { afterEach, expect, test, vi } from "vitest";
import { App } from "../../src/app/app.ts";
import type { Output } from "../../src/outputs/output.ts";
import { completeSettings, type GivenSettings } from "../../src/settings/resolve.ts";
import type { StreamAccess } from "../../src/settings/serve-settings.ts";
import { TOKEN } from "../auth/requests.ts";
import { freshStateFolder } from "../state-folder.ts";
import { pipe, piped, statusAt, video } from "./piped-stream.ts";

const apps: App[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const env = () => ({ CACHE_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() });

/** An output that can take nothing. */
class BrokenOutput implements Output {
  readonly name = "disk";
  begin(): void {
    throw new Error("it is full");
  }
  correct(): void {}
  write(): void {}
  ready(): void {}
  startEpoch(): void {}
  end(): void {}
}

function open({
  endsWithChannels = false,
  ...given
}: Partial<GivenSettings> & { endsWithChannels?: boolean } = {}) {
  const stdin = pipe();
  const { server } = piped(given);
  const notices: string[] = [];
  const app = new App(
    { ...server, maxViewers: 10, tokenName: "server", hasPublishers: false, endsWithChannels },
    { env: env(), stdin, onNotice: ({ text }) => notices.push(text) },
  );
  apps.push(app);
  const add = (name: string) => app.add(piped({ name }).channel);
  const opened = async (name: string) => {
    const channel = add(name);
    channel.start();
    await channel.opened;
    return { channel, url: channel.status().url ?? "" };
  };
  return { app, stdin, notices, add, opened };
}

test("a stream's name is taken until the stream is over, and then free again", async () => {
  const { app, add } = open();
  const [cam, door] = [add("cam"), add("door")];
  expect(app.channels).toEqual([cam, door]);
  expect(() => add("cam")).toThrow(
    expect.objectContaining({ reason: "alreadyRunning", message: 'a stream named "cam" already exists' }),
  );
  await cam.stop();
  expect(app.channels).toEqual([door]);
  const again = add("cam");
  expect(app.channels).toEqual([door, again]);
});

test("video from stdin is refused from a terminal, and leaves the name free", () => {
  const { app, stdin, add } = open();
  stdin.isTTY = true;
  expect(() => add("cam")).toThrow(/stdin is a terminal/);
  expect(app.channels).toEqual([]);
  stdin.isTTY = false;
  const cam = add("cam");
  expect(app.channels).toEqual([cam]);
});

test("whether stdin is a terminal is nothing to a stream that reads something else", () => {
  const { app, stdin } = open();
  stdin.isTTY = true;
  expect(app.add(completeSettings({ device: "test" }).channel).name).toBe("test");
});

test("what goes wrong with a stream is told", async () => {
  const { stdin, notices, opened } = open();
  const { channel } = await opened("cam");
  channel.outputs.add(new BrokenOutput());
  stdin.write(video);
  await channel.onAir;
  expect(notices).toContain('output "disk" failed and was closed: Error: it is full');
});

test("a viewer is told to wait until there is a key frame, gets the stream from then on, and nothing after its end", async () => {
  const { stdin, opened } = open();
  const { channel, url } = await opened("cam");
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/live\/cam\.flv$/);
  expect(await statusAt(url)).toBe(503);
  stdin.write(video);
  expect(await channel.onAir).toMatchObject({
    url,
    pageUrl: url.replace("/live/cam.flv", "/watch/cam"),
    urls: [url],
    isPublic: false,
    needsToken: false,
    tokenFile: null,
  });
  expect(await statusAt(url)).toBe(200);
  await channel.stop();
  expect(await statusAt(url)).toBe(404);
});

test("a stream that needs a token says so, and adds it only where it is asked to", async () => {
  const { app, stdin, add } = open({ token: TOKEN });
  const channel = add("cam");
  expect(channel.withToken("http://a/")).toBe("http://a/");
  channel.start();
  stdin.write(video);
  const onAir = await channel.onAir;
  expect(onAir).toMatchObject({ needsToken: true, tokenFile: null });
  expect(onAir?.url).not.toContain(TOKEN);
  const url = onAir?.url ?? "";
  expect(channel.withToken(url)).toBe(`${url}?token=${TOKEN}`);
  expect([await statusAt(url), await statusAt(channel.withToken(url))]).toEqual([401, 200]);
  await app.close();
});

test("the token's file is told, where it has one", async () => {
  const { stdin, opened } = open({ auth: "token" });
  const { channel } = await opened("cam");
  stdin.write(video);
  expect(await channel.onAir).toMatchObject({
    needsToken: true,
    tokenFile: expect.stringMatching(/server\.token$/),
  });
});

test("a stream's own token opens that one alone, and the page's list tells of no other", async () => {
  const OWN = "doors-own-token";
  const { app } = open({ token: TOKEN });
  const add = (name: string, access: StreamAccess | null) => {
    const channel = app.add(piped({ name }).channel, { access });
    channel.start();
    return channel;
  };
  const door = add("door", { auth: "token", token: OWN, tokenFile: null });
  const yard = add("yard", { auth: "none" });
  const desk = add("desk", null);
  await Promise.all([door, yard, desk].map((channel) => channel.opened));
  const urls = [door, yard, desk].map((channel) => channel.status().url ?? "");
  const origin = new URL(urls[0] ?? "").origin;
  const statuses = async (query: string) =>
    await Promise.all([...urls, `${origin}/metrics`].map((url) => statusAt(url + query)));
  const names = async (query: string) => {
    const answer: unknown = await (await fetch(`${origin}/api/v1/streams${query}`)).json();
    return JSON.stringify(answer).match(/(?<="name":")(door|yard|desk)/g);
  };
  expect(await statuses("")).toEqual([401, 503, 401, 401]);
  expect(await statuses(`?token=${OWN}`)).toEqual([503, 503, 401, 401]);
  expect(await statuses(`?token=${TOKEN}`)).toEqual([503, 503, 503, 200]);
  expect(await names("")).toEqual(["yard"]);
  expect(await names(`?token=${OWN}`)).toEqual(["door", "yard"]);
  expect(await names(`?token=${TOKEN}`)).toEqual(["door", "yard", "desk"]);
  const shown = [door, yard, desk].map((channel) => channel.withToken("u"));
  expect(shown).toEqual([`u?token=${OWN}`, "u", `u?token=${TOKEN}`]);
  await door.stop();
  expect(await statuses(`?token=${OWN}`)).toEqual([401, 503, 401, 401]);
});

test("the server goes on without streams until it is closed", async () => {
  const { app, opened } = open();
  const { channel, url } = await opened("cam");
  await channel.stop();
  expect(await statusAt(url)).toBe(404);
  await app.close();
  expect(await statusAt(url)).toBeNull();
});

test("closing ends every stream first, and leaves nothing that looks at the clock", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { app, opened, add } = open();
  const { channel, url } = await opened("cam");
  const other = add("door");
  await app.close();
  expect([channel.status().state, other.status().state, app.channels]).toEqual(["ended", "ended", []]);
  expect(await statusAt(url)).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

test("a server that ends with its streams ends with the last one, and not before", async () => {
  const { opened, add } = open({ endsWithChannels: true });
  const { channel, url } = await opened("cam");
  const last = add("door");
  await channel.stop();
  expect(await statusAt(url)).toBe(404);
  await last.stop();
  expect(await statusAt(url)).toBeNull();
});

test("a stream whose port cannot be had fails and is over", async () => {
  const { opened: first } = open();
  const { url } = await first("cam");
  const { app, opened } = open({ port: Number(new URL(url).port) });
  await expect(opened("cam")).rejects.toMatchObject({ reason: "portInUse" });
  await expect.poll(() => app.channels).toEqual([]);
});
