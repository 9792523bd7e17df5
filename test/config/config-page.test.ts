import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inFileWords } from "../../src/config/conflict.ts";
import { eventKeys, type KeyTable, pushKeys, serverKeys, streamKeys } from "../../src/config/keys.ts";
import { code, escaped, markdownTable } from "../docs/markdown-table.ts";
import { faultsOf } from "./parsed.ts";

const page = readFileSync("docs/config.md", "utf8");
/** What stands above the line that says how the rest is made. */
const written = page.split(/(?<=<!-- generated: .* -->\n)/)[0] ?? "";

function tableOf(
  title: string,
  table: KeyTable,
  others: readonly (readonly string[])[] = [],
): readonly string[] {
  const rows = [...table].map(([name, { option }]) => [
    code(`${name}: ${option.metavar ?? "true"}`),
    escaped(inFileWords(option.help)),
    escaped(inFileWords(option.fallbackText ?? "")),
  ]);
  return ["", `### ${title}`, "", ...markdownTable(["Key", "What it does", "Default"], [...others, ...rows])];
}

const sections = [
  [code("name: NAME"), "name of the server", "the file's, without its extension"],
  [code("defaults: …"), "keys of streams, for all of them", ""],
  [code("streams: …"), "the streams by their names: a device, or the keys of a stream", "required"],
  [code("published: …"), "with publish: any: keys of a stream, for those that the file does not have", ""],
  [code("events: …"), "a list of rules", ""],
];

test("docs/config.md has every key as the options have it", async () => {
  const lines = [
    ...tableOf("At the top", serverKeys, sections),
    ...tableOf("Of a stream, and of `defaults`", streamKeys),
    ...tableOf("Of a server under `push`", pushKeys),
    ...tableOf("Of a rule under `events`", eventKeys),
    "",
  ];
  await expect(`${written}${lines.join("\n")}`).toMatchFileSnapshot("../../docs/config.md");
});

/** Pages with whole files in them. */
const pages = ["config.md", "serve.md", "access.md", "recipes/house.md", "recipes/push.md", "recording.md"];

test.each(pages)("the files that docs/%s shows are right", (name) => {
  const blocks = readFileSync(`docs/${name}`, "utf8").matchAll(/```yaml\n(.*?)```/gs);
  const files = [...blocks].flatMap(([, text = ""]) => (/^streams:/m.test(text) ? [text] : []));
  expect(files).not.toEqual([]);
  const env = { YARD_USER: "a", YARD_PASSWORD: "b", HOOK_SECRET: "c", DOOR_TOKEN: "d", YOUTUBE_KEY: "e" };
  const token = "ionic-satin-chomp";
  const scene = { env, files: { "/srv/yard.token": token, "/etc/flvcast/door.token": token } };
  expect(files.flatMap((text) => faultsOf(text, scene))).toEqual([]);
});
