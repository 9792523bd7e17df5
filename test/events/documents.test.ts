import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { variablesOf } from "../../src/events/public-event.ts";
import { publicEvents } from "../../src/settings/serve-settings.ts";
import { someEvent } from "./some-event.ts";

const text = readFileSync("docs/events.md", "utf8");

/** The table that follows this heading, a list of cells for each of its rows. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = text.slice(text.indexOf(`\n## ${heading}\n`)).split("\n## ")[1] ?? "";
  return [...section.matchAll(/^\| (`.*) \|$/gm)].map(([, row = ""]) =>
    row.split("|").map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
const names = (cells: readonly (string | undefined)[]) =>
  cells.flatMap((cell) => [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name));

test("docs/events.md has every event, and no other, since programs rely on their names", () => {
  expect(rowsUnder("The events").map(([first]) => first)).toEqual(publicEvents.map((name) => `\`${name}\``));
});

test("docs/events.md has every field and variable", () => {
  const rows = rowsUnder("What a program gets");
  const optional = {
    input: "cam0",
    encoder: "libx264",
    viewer: { address: "::1" },
    viewers: 1,
    target: "rtmp://h/live/…",
    publisher: { address: "::1", program: "OBS" },
    segment: { id: "a", file: "/a.flv", startMs: 1, durationMs: 1, bytes: 1, state: "done" as const },
  };
  const event = someEvent("viewer-joined", optional);
  expect(new Set(names(rows.map(([field]) => field)))).toEqual(new Set(Object.keys(event)));
  expect(new Set(names(rows.map((cells) => cells[2])))).toEqual(new Set(Object.keys(variablesOf(event))));
});
