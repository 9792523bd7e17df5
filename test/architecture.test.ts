import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** What each room may import: itself, and these rooms. A file at the top of src is a room of its own. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  failure: [],
  version: [],
  name: [],
  status: [],
  log: [],
  suggest: [],
  folders: [],
  codec: ["failure"],
  flv: ["codec"],
  live: ["flv", "codec"],
  machine: [],
  systemd: ["machine", "status", "log", "failure"],
  device: ["machine", "codec", "name", "failure"],
  platform: ["device", "machine"],
  encoder: ["failure"],
  ffmpeg: ["platform", "device", "machine", "encoder", "codec", "failure"],
  audition: ["suggest", "ffmpeg", "platform", "device", "machine", "encoder", "codec", "failure"],
  firewall: ["machine"],
  doctor: ["firewall", "device", "machine", "ffmpeg", "failure"],
  door: [],
  check: ["flv", "codec"],
  visit: ["check", "version", "failure"],
  api: ["live", "status"],
  metrics: ["live", "status", "version"],
  http: ["api", "metrics", "door", "live", "flv", "status", "version", "failure"],
  settings: ["door", "device", "encoder", "ffmpeg", "name", "suggest", "failure"],
  inputs: ["ffmpeg", "device", "machine", "codec", "settings", "folders", "failure"],
  lineup: [
    "inputs",
    "audition",
    "ffmpeg",
    "device",
    "machine",
    "encoder",
    "codec",
    "flv",
    "settings",
    "folders",
    "failure",
  ],
  supervisor: ["ffmpeg", "codec", "status", "log", "failure"],
  school: ["supervisor", "retake", "lineup", "audition", "machine", "folders", "log"],
  attempt: [
    ...["school", "supervisor", "lineup", "ffmpeg", "device", "machine", "live", "codec"],
    ...["settings", "folders", "status", "log", "version", "failure"],
  ],
  attempts: [
    ...["attempt", "supervisor", "retake", "lineup", "audition", "ffmpeg", "live", "flv", "folders"],
    ...["log", "failure"],
  ],
  retake: ["lineup", "encoder", "codec", "failure"],
  "on-air": ["access", "lineup", "http", "live", "flv", "codec"],
  stills: ["ffmpeg", "live", "codec", "status"],
  serving: ["http", "log", "settings"],
  cast: [
    ...["serving", "stills", "access", "attempts", "supervisor", "lineup", "on-air", "audition", "ffmpeg"],
    ...["machine", "http", "codec", "systemd", "settings", "status", "log", "failure"],
  ],
  "command-lines": ["lineup", "ffmpeg", "machine", "settings", "log"],
  control: ["status", "folders", "name", "failure"],
  "token-file": ["control", "door", "failure"],
  access: ["token-file", "control", "door", "folders", "log", "settings", "failure"],
  cli: [
    ...[
      "cast",
      "command-lines",
      "access",
      "on-air",
      "control",
      "systemd",
      "status",
      "doctor",
      "check",
      "visit",
      "audition",
      "platform",
      "ffmpeg",
      "device",
    ],
    ...["machine", "settings", "folders", "log", "shell", "suggest", "version", "failure"],
  ],
  shell: [],
  index: ["cast", "on-air", "settings", "log", "failure"],
};

/** Formats and fan-out work on bytes and values: no file, socket, process or clock. */
const roomsWithoutIo = ["codec", "flv", "live", "check", "door", "settings", "shell"];
const nodeModulesWithoutIo = ["node:buffer", "node:assert", "node:util"];
/** Settings and the door only take names and headers apart: nothing here opens a socket or a file. */
const nodeModulesOfRoom: Readonly<Record<string, readonly string[]>> = {
  door: ["node:net", "node:http", "node:crypto"],
  settings: ["node:net", "node:path"],
};

/** Packages that stay behind one door: who may import them. */
const packages: Readonly<Record<string, { readonly room: string; readonly files: number }>> = {
  "fluent-ffmpeg": { room: "ffmpeg", files: 1 },
  yargs: { room: "cli", files: 1 },
  "yargs-parser": { room: "cli", files: 1 },
  hono: { room: "http", files: 2 },
  "@hono/node-server/serve-static": { room: "http", files: 1 },
  ws: { room: "http", files: 1 },
  ora: { room: "cli", files: 1 },
  zod: { room: "api", files: 2 },
  "prom-client": { room: "metrics", files: 1 },
  "ipaddr.js": { room: "door", files: 1 },
};

/** Rooms that may see the settings of `start` whole. */
const roomsWithAllSettings = [
  "settings",
  "cli",
  "cast",
  "command-lines",
  "inputs",
  "lineup",
  "attempt",
  "index",
];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly names: string;
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts") && !name.startsWith("player/"));
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
    .flatMap((name) => importsOf(`player/${name}`))
    .filter(
      (one) => !["player", "flv", "codec", null].includes(targetRoom(one)) || one.target.startsWith("node:"),
    );
  expect(wrong.map(asLine)).toEqual([]);
});

test("nothing of the server imports the page's code", () => {
  expect(imports.filter((one) => targetRoom(one) === "player").map(asLine)).toEqual([]);
});
