import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const folders = ["packaging/docker", "packaging/home-assistant"] as const;

/** The instructions of a Dockerfile, without comments, each on one line. */
const instructionsOf = (folder: string) =>
  readFileSync(`${folder}/Dockerfile`, "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line !== "");

/** What the last stage has for an instruction. */
const lastOf = (word: string) =>
  instructionsOf("packaging/docker")
    .findLast((line) => line.startsWith(`${word} `))
    ?.slice(word.length + 1);

describe.each(folders)("the image of %s", (folder) => {
  const instructions = instructionsOf(folder);

  test("brings nothing from the network but packages", () => {
    expect(instructions.filter((line) => /^ADD |https?:|\b(curl|wget)\b/.test(line))).toEqual([]);
  });

  test("leaves apt no lists", () => {
    const updates = instructions.filter((line) => line.includes("apt-get update"));
    expect(updates).toHaveLength(1);
    expect(updates[0]).toMatch(
      /apt-get install -y --no-install-recommends .*&& rm -rf \/var\/lib\/apt\/lists\/\*$/,
    );
  });

  test("is of a version of Debian and of Node", () => {
    const bases = instructions.join("\n").match(/node:[\w.-]+/g);
    expect(bases).toEqual([expect.stringMatching(/^node:\d+-[a-z]+-slim$/)]);
  });
});

describe("the image", () => {
  test("runs as a user by number, whose groups are not replaced by one", () => {
    expect(lastOf("USER")).toMatch(/^[1-9]\d*$/);
  });

  test("has tini reap what programs of events leave behind, and SIGTERM end the streams", () => {
    expect(lastOf("ENTRYPOINT")).toBe('["/usr/bin/tini", "--", "flvcast"]');
    expect(lastOf("STOPSIGNAL")).toBe("SIGTERM");
  });

  test("is healthy while its streams are", () => {
    expect(lastOf("HEALTHCHECK")).toMatch(/ CMD \["flvcast", "status", "--healthy"\]$/);
  });

  test("has what it builds from, and nothing else, in its context", () => {
    const [, ...kept] = readFileSync("packaging/docker/Dockerfile.dockerignore", "utf8").trim().split("\n");
    expect(kept.every((line) => line.startsWith("!"))).toBe(true);
    expect(kept).not.toContain("!node_modules");
  });
});

test("the compose file takes from a container what it does not need", () => {
  const { services } = parse(readFileSync("packaging/docker/compose.yml", "utf8")) as {
    readonly services: Readonly<Record<string, unknown>>;
  };
  expect(services["streams"]).toMatchObject({
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    tmpfs: ["/tmp"],
  });
});
