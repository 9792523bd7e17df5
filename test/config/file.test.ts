import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig, readServerConfig } from "../../src/config/file.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flvcast-config-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** Writes a file, and reads it. */
async function read(text: string | Uint8Array, { mode = 0o600, env = {} } = {}) {
  const path = join(folder, "house.yml");
  await writeFile(path, text);
  await chmod(path, mode);
  return readConfig(path, { env });
}

test("a file is called as it is, and its paths begin in its folder", async () => {
  await writeFile(join(folder, "door.token"), "ionic-satin-chomp\n");
  const { settings } = await read(
    "www: pages\nstreams: { a: { device: test, token: '${file:door.token}' } }",
  );
  expect(settings.serverName).toBe("house");
  expect(settings.server.www).toBe(join(folder, "pages"));
  expect(settings.streams[0]?.access).toEqual({ auth: "token", token: "ionic-satin-chomp", tokenFile: null });
});

test("a credential of systemd comes before a variable", async () => {
  await writeFile(join(folder, "TOKEN"), "ionic-satin-chomp");
  const env = { CREDENTIALS_DIRECTORY: folder, TOKEN: "of-the-environment" };
  expect((await read("token: ${TOKEN}\nstreams: { a: test }", { env })).settings.server.token).toBe(
    "ionic-satin-chomp",
  );
});

test("without a path, the one in the configuration folder is read", async () => {
  await writeFile(join(folder, "flvcast.yml"), "streams: { a: test }");
  const { path } = await readConfig(null, { env: { CONFIGURATION_DIRECTORY: folder } });
  expect(path).toBe(join(folder, "flvcast.yml"));
});

test("without any, it is said where one is looked for", async () => {
  await expect(readConfig(null, { env: { CONFIGURATION_DIRECTORY: folder } })).rejects.toMatchObject({
    reason: "usage",
    message: `no flvcast.yml here or in ${folder}; make one with: flvcast config init > flvcast.yml`,
  });
});

describe("a server that any name may be published to", () => {
  test.each([
    ["a flag", new Map([["publish", "any"]]), {}, null],
    ["a key", new Map([["publish-key", "right-key-1"]]), {}, "right-key-1"],
    ["a variable", new Map(), { FLVCAST_PUBLISH: "any" }, null],
  ])("needs no file, by %s", async (_, flags, env, key) => {
    const config = await readServerConfig(null, { env: { CONFIGURATION_DIRECTORY: folder, ...env }, flags });
    expect(config).toMatchObject({ path: null, settings: { serverName: "flvcast", streams: [] } });
    expect(config.settings.published).toMatchObject({ key, max: 16 });
  });

  test("has that of a file that is there", async () => {
    await writeFile(join(folder, "flvcast.yml"), "streams: { a: test }");
    const flags = new Map([["publish", "any"]]);
    const { path, settings } = await readServerConfig(null, {
      env: { CONFIGURATION_DIRECTORY: folder },
      flags,
    });
    expect([path, settings.streams.length]).toEqual([join(folder, "flvcast.yml"), 1]);
  });

  test.each([[new Map()], [new Map([["publish", "none"]])]])("and no other needs one (%o)", async (flags) => {
    await expect(readServerConfig(null, { env: { CONFIGURATION_DIRECTORY: folder }, flags })).rejects.toThrow(
      "no flvcast.yml here",
    );
  });

  test("and a path that is given is read", async () => {
    const flags = new Map([["publish", "any"]]);
    const path = join(folder, "none.yml");
    await expect(readServerConfig(path, { env: { CONFIGURATION_DIRECTORY: folder }, flags })).rejects.toThrow(
      "does not exist",
    );
  });
});

describe("what is no configuration file", () => {
  test.each([
    [
      "larger than it may be",
      "#".repeat(1024 * 1024 + 1),
      "is larger than 1 MiB, too large for a configuration file",
    ],
    ["not text", Uint8Array.of(0xff, 0xfe, 0x00), "is not UTF-8 text"],
  ])("a file that is %s", async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      reason: "usage",
      message: `${join(folder, "house.yml")} ${message}`,
    });
  });

  test("a file that does not exist, and a folder", async () => {
    const path = join(folder, "none.yml");
    const message = `${path} does not exist; make one with: flvcast config init > ${path}`;
    await expect(readConfig(path, { env: {} })).rejects.toMatchObject({ reason: "usage", message });
    await mkdir(path);
    await expect(readConfig(path, { env: {} })).rejects.toMatchObject({
      message: `${path} is a folder: give the file in it`,
    });
  });
});

describe("rights that the file should not have", () => {
  const token = "streams: { a: { device: test, token: ionic-satin-chomp } }";
  const password = "streams: { a: 'rtsp://admin:hunter2@10.0.0.1/main' }";
  const reference = "token: ${TOKEN:ionic-satin-chomp}\nstreams: { a: rtsp://10.0.0.1/main }";

  test.each([
    [
      "a token that all can read",
      token,
      0o644,
      ["contains secrets that all users can read; fix it with: chmod 600"],
    ],
    [
      "a password in a URL",
      password,
      0o604,
      ["contains secrets that all users can read; fix it with: chmod 600"],
    ],
    ["a token for its group", token, 0o640, []],
    ["no secret", reference, 0o644, []],
    ["a file that all can change", reference, 0o646, ["can be changed by all users; fix it with: chmod o-w"]],
  ])("%s", async (_, text, mode, warnings) => {
    const path = join(folder, "house.yml");
    expect((await read(text, { mode })).warnings).toEqual(
      warnings.map((warning) => `${path} ${warning} ${path}`),
    );
  });
});
