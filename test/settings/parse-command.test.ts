import { describe, expect, test } from "vitest";
import { UnacceptableError } from "../../src/settings/parse.ts";
import { parseCommand } from "../../src/settings/parse-command.ts";

describe("a command", () => {
  test.each<[text: string, command: readonly string[]]>([
    ["/usr/local/bin/camera-event", ["/usr/local/bin/camera-event"]],
    ["  notify   --all\tme ", ["notify", "--all", "me"]],
    [`"/opt/my hooks/event" 'a "b" c'`, ["/opt/my hooks/event", 'a "b" c']],
    [`curl -d text="it is up" url`, ["curl", "-d", "text=it is up", "url"]],
    [`a "" ''`, ["a", "", ""]],
    [`C:\\hooks\\event.exe a\\ b`, ["C:\\hooks\\event.exe", "a\\", "b"]],
    ["a $FLVCAST_EVENT | b; c", ["a", "$FLVCAST_EVENT", "|", "b;", "c"]],
    [`sh -c 'echo "$FLVCAST_EVENT" | wall'`, ["sh", "-c", 'echo "$FLVCAST_EVENT" | wall']],
  ])("is split at spaces, but not in quotes, and by no shell: %s", (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  test.each([
    [`a "b`, /quote that is not closed/],
    [`it's`, /quote that is not closed/],
    ["  ", /names no program/],
    [`"" a`, /names no program/],
    ["https://hook.example/", /is a URL: use a program/],
  ])("is refused: %j", (text, message) => {
    expect(() => parseCommand(text)).toThrow(UnacceptableError);
    expect(() => parseCommand(text)).toThrow(message);
  });
});
