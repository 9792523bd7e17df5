import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** What each room may import: itself, and these rooms, all of which stand above it. A file at the top of src is a room of its own. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  "package-file": [],
  version: ["package-file"],
  name: [],
  log: ["stream", "errors"],
  suggest: [],
  stream: ["outputs", "recordings"],
  status: ["stream"],
  media: [],
  timing: ["media"],
  system: ["errors"],
  outputs: ["recordings", "media", "system", "errors"],
  recordings: ["ffmpeg", "media", "system", "package-file", "errors"],
  auth: ["system", "errors"],
  devices: ["system", "media", "name", "suggest", "errors"],
  ffmpeg: ["devices", "timing", "media", "errors"],
  encoders: ["ffmpeg", "devices", "system", "media", "errors"],
  settings: ["ffmpeg", "devices", "outputs", "media", "auth", "name", "suggest", "errors"],
  config: ["settings", "devices", "system", "suggest", "errors"],
  inputs: ["ffmpeg", "devices", "system", "media", "errors", "suggest"],
  server: [
    ...[
      "inputs",
      "outputs",
      "recordings",
      "media",
      "auth",
      "config",
      "system",
      "status",
      "stream",
      "version",
      "package-file",
      "errors",
    ],
  ],
  channel: [
    ...[
      "inputs",
      "outputs",
      "recordings",
      "encoders",
      "ffmpeg",
      "devices",
      "timing",
      "media",
      "system",
      "settings",
    ],
    ...["stream", "log", "version", "errors"],
  ],
  events: ["settings", "devices", "system", "stream", "log", "version"],
  control: ["recordings", "system", "status", "stream", "name", "errors"],
  systemd: ["system", "stream", "log", "errors"],
  app: [
    ...[
      "channel",
      "server",
      "auth",
      "systemd",
      "outputs",
      "recordings",
      "encoders",
      "ffmpeg",
      "settings",
      "system",
      "stream",
    ],
    ...["log", "name", "errors"],
  ],
  doctor: ["auth", "devices", "ffmpeg", "system", "errors"],
  check: ["devices", "media", "version", "errors"],
  cli: [
    ...["app", "channel", "control", "systemd", "doctor", "check", "encoders", "ffmpeg", "devices", "system"],
    ...[
      "recordings",
      "config",
      "events",
      "settings",
      "stream",
      "log",
      "suggest",
      "name",
      "version",
      "package-file",
      "errors",
    ],
  ],
  index: ["app", "channel", "settings", "log", "errors", "stream"],
  program: ["cli", "index"],
};

/** Formats and fan-out work on bytes and values: no file, socket, process or clock. */
const roomsWithoutIo = ["media", "timing", "outputs", "auth", "settings"];
const nodeModulesWithoutIo = ["node:buffer", "node:assert", "node:util"];
/** Outputs that need a network or a disk. */
const foldersWithIo = ["outputs/push/", "outputs/record/"];
/** Settings and auth take names and headers apart; one file keeps a token. */
const nodeModulesOfRoom: Readonly<Record<string, readonly string[]>> = {
  auth: ["node:net", "node:http", "node:crypto", "node:fs", "node:fs/promises", "node:path"],
  settings: ["node:net", "node:path"],
};

/** Packages that stay behind one door: who may import them. */
const packages: Readonly<Record<string, { readonly rooms: readonly string[]; readonly files: number }>> = {
  "fluent-ffmpeg": { rooms: ["ffmpeg"], files: 1 },
  yargs: { rooms: ["cli"], files: 1 },
  "yargs-parser": { rooms: ["cli"], files: 1 },
  ws: { rooms: ["server", "inputs"], files: 2 },
  ora: { rooms: ["cli"], files: 1 },
  uqr: { rooms: ["cli"], files: 1 },
  zod: { rooms: ["status", "server", "config"], files: 4 },
  "prom-client": { rooms: ["server"], files: 1 },
  "ipaddr.js": { rooms: ["auth"], files: 1 },
  yaml: { rooms: ["config"], files: 1 },
};

/** What the page may take types from. */
const typesForPage = ["status.ts", "server/api/schemas.ts"];

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

function targetRoom(one: Import): string | null {
  return one.target.startsWith(".") ? roomOf(targetFile(one)) : null;
}

/** Below src; a package by its name. */
function targetFile({ file, target }: Import): string {
  return target.startsWith(".") ? normalize(join(dirname(file), target)).replaceAll("\\", "/") : target;
}

const isTypeOnly = ({ names }: Import) => names.startsWith("type ");

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
    (one) =>
      one.room === room &&
      one.target.startsWith("node:") &&
      !isTypeOnly(one) &&
      !foldersWithIo.some((folder) => one.file.startsWith(folder)) &&
      !allowed.includes(one.target),
  );
  expect(wrong.map(asLine)).toEqual([]);
});

test.each(Object.entries(packages))("%s stays behind its door", (name, { rooms: its, files: atMost }) => {
  const importing = imports.filter(({ target }) => target === name);
  expect(importing.filter(({ room }) => !its.includes(room)).map(asLine)).toEqual([]);
  expect(new Set(importing.map(({ file }) => file)).size).toBeLessThanOrEqual(atMost);
});

test("a room sees only the settings that it needs", () => {
  const wrong = imports.filter(
    ({ names, room }) => /\bStartSettings\b/.test(names) && !roomsWithAllSettings.includes(room),
  );
  expect(wrong.map(asLine)).toEqual([]);
});

test("a process that captures loads no zod before somebody asks for what needs it", () => {
  const loads = new Map<string, readonly string[]>();
  const load = (file: string, by: readonly string[]) => {
    if (loads.has(file)) return;
    loads.set(file, by);
    const atOnce = imports.filter((one) => one.file === file && one.names !== "" && !isTypeOnly(one));
    for (const one of atOnce) load(targetFile(one), [...by, file]);
  };
  for (const file of ["cli/main.ts", "cli/start.ts", "app/make-server.ts", "server/metrics/metrics.ts"])
    load(file, []);
  expect(loads.size).toBeGreaterThan(100);
  expect(loads.get("zod") ?? []).toEqual([]);
});

test("the page's code reads formats, and of the server the types of its answers", () => {
  const pageFiles = readdirSync("src/web", { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts"));
  const wrong = pageFiles
    .flatMap((name) => importsOf(`web/${name}`))
    .filter((one) => !(isTypeOnly(one) && typesForPage.includes(targetFile(one))))
    .filter((one) => !["web", "media", null].includes(targetRoom(one)) || one.target.startsWith("node:"));
  expect(wrong.map(asLine)).toEqual([]);
});

test("nothing of the server imports the page's code", () => {
  expect(imports.filter((one) => targetRoom(one) === "web").map(asLine)).toEqual([]);
});

/** What stands alone between backticks and looks like a path: of the project, or of src. */
test.each(["docs/architecture.md", "CONTRIBUTING.md"])("every path in %s exists", (document) => {
  const words = readFileSync(document, "utf8").matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g);
  const paths = [...words].map(([, word = ""]) => word).filter((word) => /\/|\.[jt]s$|\.md$/.test(word));
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(path) && !existsSync(join("src", path)))).toEqual([]);
});
