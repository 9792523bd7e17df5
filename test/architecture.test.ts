import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** What each room may import: itself, and these rooms, all of which stand above it. A file at the top of src is a room of its own. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [],
  name: [],
  log: [],
  suggest: [],
  folders: [],
  status: [],
  media: [],
  timing: ["media"],
  system: ["errors"],
  outputs: ["media"],
  auth: ["system", "errors"],
  devices: ["system", "media", "name", "errors"],
  ffmpeg: ["devices", "timing", "media", "errors"],
  encoders: ["ffmpeg", "devices", "system", "media", "errors"],
  settings: ["ffmpeg", "devices", "outputs", "auth", "name", "suggest", "errors"],
  inputs: ["ffmpeg", "devices", "system", "media", "folders", "errors"],
  server: ["outputs", "auth", "status", "version", "errors"],
  channel: [
    ...["inputs", "outputs", "encoders", "ffmpeg", "devices", "timing", "media", "system", "settings"],
    ...["server", "app", "systemd", "status", "folders", "log", "version", "errors"],
  ],
  control: ["system", "status", "folders", "name", "errors"],
  systemd: ["system", "status", "log", "errors"],
  app: ["server", "auth", "system", "settings", "folders", "log", "errors"],
  doctor: ["devices", "ffmpeg", "system", "errors"],
  check: ["media", "version", "errors"],
  cli: [
    ...["app", "channel", "control", "systemd", "doctor", "check", "encoders", "ffmpeg", "devices", "system"],
    ...["settings", "status", "folders", "log", "suggest", "version", "errors"],
  ],
  index: ["app", "channel", "settings", "log", "errors"],
};

/** Formats and fan-out work on bytes and values: no file, socket, process or clock. */
const roomsWithoutIo = ["media", "timing", "outputs", "auth", "settings"];
const nodeModulesWithoutIo = ["node:buffer", "node:assert", "node:util"];
/** Settings and auth take names and headers apart; one file keeps a token. */
const nodeModulesOfRoom: Readonly<Record<string, readonly string[]>> = {
  auth: ["node:net", "node:http", "node:crypto", "node:fs", "node:fs/promises", "node:path"],
  settings: ["node:net", "node:path"],
};

/** Packages that stay behind one door: who may import them. */
const packages: Readonly<Record<string, { readonly room: string; readonly files: number }>> = {
  "fluent-ffmpeg": { room: "ffmpeg", files: 1 },
  yargs: { room: "cli", files: 1 },
  "yargs-parser": { room: "cli", files: 1 },
  hono: { room: "server", files: 2 },
  "@hono/node-server/serve-static": { room: "server", files: 1 },
  ws: { room: "server", files: 1 },
  ora: { room: "cli", files: 1 },
  zod: { room: "server", files: 2 },
  "prom-client": { room: "server", files: 1 },
  "ipaddr.js": { room: "auth", files: 1 },
};

/** Rooms that may see the settings of `start` whole. */
const roomsWithAllSettings = ["settings", "cli", "app", "index"];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly names: string;
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts") && !name.startsWith("web/"));
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join("src", file), "utf8");
  const statements = text.matchAll(
    /^(?:import|export)\s([^;"]*?)\s*from "([^"]+)"|^import "([^"]+)"|import\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, names = "", ...targets]) => ({
    file,
    room: roomOf(file),
    names,
    target: targets.find((target) => target !== undefined) ?? "",
  }));
}

function roomOf(file: string): string {
  return file.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

function targetRoom({ file, target }: Import): string | null {
  return target.startsWith(".") ? roomOf(normalize(join(dirname(file), target)).replaceAll("\\", "/")) : null;
}

const asLine = ({ file, target }: Import) => `${file} imports ${target}`;

test("every room has a place in the order", () => {
  expect([...new Set(files.map(roomOf))].filter((room) => !(room in rooms))).toEqual([]);
});

test("the order has no circle", () => {
  const reaches = (from: string, to: string, seen: readonly string[] = []): boolean =>
    (rooms[from] ?? []).some(
      (next) => next === to || (!seen.includes(next) && reaches(next, to, [...seen, next])),
    );
  expect(Object.keys(rooms).filter((room) => reaches(room, room))).toEqual([]);
});

describe("imports flow one way", () => {
  test.each(Object.entries(rooms))("%s imports from %j and no other room", (room, allowed) => {
    const wrong = imports.filter((one) => {
      const target = targetRoom(one);
      return one.room === room && target !== null && target !== room && !allowed.includes(target);
    });
    expect(wrong.map(asLine)).toEqual([]);
  });
});

test.each(roomsWithoutIo)("%s does no input or output", (room) => {
  const allowed = [...nodeModulesWithoutIo, ...(nodeModulesOfRoom[room] ?? [])];
  const wrong = imports.filter(
    (one) => one.room === room && one.target.startsWith("node:") && !allowed.includes(one.target),
  );
  expect(wrong.map(asLine)).toEqual([]);
});

test.each(Object.entries(packages))("%s stays behind its door", (name, { room, files: atMost }) => {
  const importing = imports.filter(({ target }) => target === name);
  expect(importing.filter((one) => one.room !== room).map(asLine)).toEqual([]);
  expect(new Set(importing.map(({ file }) => file)).size).toBeLessThanOrEqual(atMost);
});

test("a room sees only the settings that it needs", () => {
  const wrong = imports.filter(
    ({ names, room }) => /\bStartSettings\b/.test(names) && !roomsWithAllSettings.includes(room),
  );
  expect(wrong.map(asLine)).toEqual([]);
});

test("the page's code reads formats, and nothing of the server", () => {
  const pageFiles = readdirSync("src/web").filter((name) => name.endsWith(".ts"));
  const wrong = pageFiles
    .flatMap((name) => importsOf(`web/${name}`))
    .filter((one) => !["web", "media", null].includes(targetRoom(one)) || one.target.startsWith("node:"));
  expect(wrong.map(asLine)).toEqual([]);
});

test("nothing of the server imports the page's code", () => {
  expect(imports.filter((one) => targetRoom(one) === "web").map(asLine)).toEqual([]);
});
