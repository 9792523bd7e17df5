import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { mustRun, run } from "../run.ts";
import { makeFolder } from "./folder.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const folder = makeFolder();
const installed = (path: string) => folder.file(`global/${path}`);

/** In the temporary folder, far from the sources. */
const elsewhere = (...command: readonly string[]) => [
  "env",
  "-C",
  folder.path,
  `RUNTIME_DIRECTORY=${folder.file("state")}`,
  ...command,
];

beforeAll(async () => {
  // Not built again: other tests run what is there.
  await mustRun([process.execPath, `${repository}/bin/package.js`, "--built", folder.path], {
    killAfterMs: 170_000,
  });
  const [tarball = ""] = readdirSync(folder.path).filter((name) => name.endsWith(".tgz"));
  const install = ["npm", "install", "--silent", "-g", "--prefix", folder.file("global"), "--omit=optional"];
  await mustRun(elsewhere(...install, "--prefer-offline", "--no-audit", "--no-fund", folder.file(tarball)), {
    killAfterMs: 110_000,
  });
}, 300_000);
afterAll(() => folder.remove());

describe("the package, installed from its tarball", () => {
  it("brings a command that streams from any folder", async () => {
    const start = ["start", "--device", "test", "--encoder", "libx264", "--port", "0", "--duration", "1"];
    expect(await run(elsewhere(installed("bin/flvcast"), ...start))).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/live\/test\.flv\n$/),
      stderr: "",
    });
  });

  it("says the version of the package", async () => {
    const { stdout } = await mustRun(elsewhere(installed("bin/flvcast"), "--version"));
    expect(stdout).toBe(`${packageJson.version}\n`);
  });

  it.each([["--help"], ["start", "--help"]])("helps in 80 columns: %s %s", async (...args) => {
    const { stdout, stderr } = await mustRun(elsewhere(installed("bin/flvcast"), ...args));
    expect(stderr).toBe("");
    expect(stdout).toContain("flvcast start test");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("brings its manual page, where man looks for it", async () => {
    const { stdout } = await mustRun(["cat", installed("share/man/man1/flvcast.1")]);
    expect(stdout).toContain(`"flvcast ${packageJson.version}"`);
  });

  it("carries no sources, no tests and no dependencies, whose code is bundled", () => {
    const files = readdirSync(installed("lib/node_modules/flvcast"));
    expect(files.filter((name) => ["src", "test", "tsconfig.json", ".ci"].includes(name))).toEqual([]);
    const manifest: unknown = JSON.parse(
      readFileSync(installed("lib/node_modules/flvcast/package.json"), "utf8"),
    );
    expect(manifest).not.toHaveProperty("dependencies");
    expect(manifest).toHaveProperty("optionalDependencies");
  });

  it("can be used from code, with types", async () => {
    const [, example = ""] =
      /```ts\n(.*?)```/s.exec(readFileSync(`${repository}/docs/library.md`, "utf8")) ?? [];
    const project = projectWith({ "stream.ts": CODE, "example.ts": example });
    expect(await complaints(project, "bundler", ["stream.ts", "example.ts", "--noEmit"])).toBe("");
    expect(await complaints(project, "nodenext", ["stream.ts", "example.ts"])).toBe("");
    const { stdout } = await mustRun(["env", "-C", project, process.execPath, "stream.js"]);
    expect(stdout).toMatch(/^200 http:\/\/127\.0\.0\.1:\d+\/live\/from-code\.flv\nrefused: 2\n$/);
    const ofExample = await mustRun(["env", "-C", project, process.execPath, "example.js"]);
    expect(ofExample.stdout).toBe("library 2\non-air\n");
  });

  it.each(["nodenext", "bundler"])(
    "has types that refuse wrong use, resolved as %s does",
    async (resolution) => {
      const project = projectWith({ "wrong.ts": WRONG });
      const errors = (await complaints(project, resolution, ["wrong.ts", "--noEmit"]))
        .split("\n")
        .filter(Boolean);
      expect(
        errors.map((line) => /^wrong\.ts\((\d+),.*error (TS\d+)/.exec(line)?.slice(1).join(" ")),
      ).toEqual(["3 TS2322", "4 TS2353", "5 TS2554", "6 TS2339"]);
    },
  );
});

/** A user's project that has the package. */
function projectWith(files: Readonly<Record<string, string>>): string {
  const project = mkdtempSync(folder.file("project-"));
  mkdirSync(`${project}/node_modules`);
  symlinkSync(installed("lib/node_modules/flvcast"), `${project}/node_modules/flvcast`);
  writeFileSync(`${project}/package.json`, '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) writeFileSync(`${project}/${name}`, text);
  return project;
}

/** What the compiler says of files of the project, with all that they import checked, too. */
async function complaints(project: string, resolution: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run([
    "env",
    ...["-C", project, `${repository}/node_modules/.bin/tsc`, "--strict", "--target", "es2023"],
    ...["--module", resolution === "bundler" ? "esnext" : resolution, "--moduleResolution", resolution],
    ...["--typeRoots", `${repository}/node_modules/@types`, "--types", "node", "--pretty", "false"],
    ...args,
  ]);
  return stdout;
}

/** Four mistakes, one a line, from the third on. */
const WRONG = `import { startStream } from "flvcast";
const stream = await startStream({ device: "test" });
await startStream({ device: "test", port: "8080" });
await startStream({ device: "test", bitrate: 1000 });
await startStream();
stream.url;
`;

/** A program of a user's. */
const CODE = `
import { type Cast, exitCodes, type GivenSettings, type OnAir, startCast, startStream, UserError } from "flvcast";

const settings: GivenSettings = {
  device: "test",
  name: "from-code",
  port: 0,
  size: { width: 320, height: 240 },
};
const stream: Cast = await startStream(settings);
if (startCast !== startStream) throw new Error("the name of before is another's");
const onAir: OnAir | null = await stream.onAir;
if (onAir === null) throw new Error("stopped");
const leave = new AbortController();
const { status } = await fetch(onAir.url, { signal: leave.signal });
leave.abort();
await stream.stop();
console.log(status, onAir.url);

const failed = await startStream({ ...settings, audio: "screen" }).catch((error: unknown) => error);
if (failed instanceof UserError && failed.exitCode === exitCodes.usage) console.log("refused:", failed.exitCode);
`;
