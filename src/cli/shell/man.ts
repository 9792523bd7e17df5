import type { Command, Flag } from "../command.ts";
import { wrapped } from "../findings-text.ts";
import { type DescribedCommand, helpText } from "./described.ts";

export interface ManualCommand
  extends DescribedCommand,
    Pick<Command, "usage" | "description" | "examples" | "epilogue"> {
  readonly flags: readonly Flag[];
}

export interface ManualFacts {
  readonly version: string;
  /** `2026-01-31` */
  readonly date: string;
  readonly commands: readonly ManualCommand[];
  /** Code and meaning. */
  readonly exitCodes: readonly (readonly [number, string])[];
}

export function manualPage({ version, date, commands, exitCodes }: ManualFacts): string {
  return [
    `.TH FLVCAST 1 ${date} "flvcast ${version}" "User Commands"`,
    ...[".SH NAME", String.raw`flvcast \- stream a camera, screen or file live over HTTP\-FLV`],
    ...[
      ".SH SYNOPSIS",
      ...commands.flatMap(({ usage }, index) => [...(index > 0 ? [".br"] : []), line(usage)]),
    ],
    ".SH DESCRIPTION",
    line("flvcast streams a camera, screen, file or URL live over HTTP-FLV, for players and browsers."),
    line("Results go to stdout: the URL once the stream is up, a list, or JSON."),
    line("Everything else goes to stderr, one line per event."),
    ".SH COMMANDS",
    ...commands.flatMap(section),
    ".SH ENVIRONMENT",
    line("Options can also be set as environment variables:"),
    line("--ready-timeout is FLVCAST_READY_TIMEOUT. The command line takes precedence."),
    ".SH EXIT STATUS",
    ...exitCodes.flatMap(([code, meaning]) => [".TP", `.B ${code}`, line(meaning)]),
    ".SH FILES",
    ...[".TP", ".I ~/.config/flvcast/devices.json", "permanent names of devices"],
    ...[".TP", ".I /etc/flvcast/devices.json", "those set by root, for all users"],
    ...[".TP", ".I ~/.local/state/flvcast", line("tokens, control sockets and logs of detached streams")],
    ...[".TP", ".I /var/lib/flvcast", line("root's tokens; its sockets and logs are in /run/flvcast")],
    ...[".TP", ".I $XDG_CACHE_HOME/flvcast", line("cached encoder tests, by default in ~/.cache/flvcast;")],
    line("root's are in /var/cache/flvcast"),
    ".SH SEE ALSO",
    ".BR ffmpeg (1)",
    "",
  ].join("\n");
}

function section({ name, usage, description, flags, examples, epilogue }: ManualCommand): readonly string[] {
  const groups = [...new Set(flags.map(({ group }) => group))];
  return [
    `.SS flvcast ${escaped(name)}`,
    ...[`.B ${escaped(usage)}`, ".PP", line(description)],
    ...groups.flatMap((group) => [
      ".PP",
      line(`${group}:`),
      ...flags.filter((flag) => flag.group === group).flatMap(option),
    ]),
    ...[
      ".PP",
      "Examples:",
      ...examples.flatMap(([example, meaning]) => [".TP", `.B ${escaped(example)}`, line(meaning)]),
    ],
    ...[".PP", line(epilogue)],
  ];
}

function option({ flag, short, isPositional, metavar, help, fallbackText }: Flag): readonly string[] {
  if (isPositional && short === undefined) return [".TP", `.I ${escaped(metavar ?? flag)}`, line(help)];
  const letter = short === undefined ? "" : String.raw`\fB\-${short}\fR, `;
  const value = metavar === null ? "" : String.raw` \fI${escaped(metavar)}\fR`;
  return [
    ".TP",
    String.raw`${letter}\fB${escaped(`--${flag}`)}\fR${value}`,
    line(helpText(help, fallbackText)),
  ];
}

/** Text in lines as short as manuals are written; what is shown is broken again. */
function line(text: string): string {
  return wrapped(escaped(text), MAX_COLUMNS).map(guarded).join("\n");
}

const MAX_COLUMNS = 76;

/** A dot at the beginning of a line would be a request: `\&` is nothing, and takes its place. */
function guarded(text: string): string {
  return text.replace(/^\./, String.raw`\&$&`);
}

/**
 * Backslashes are roff's own; a request's arguments lose their `"`; a bare `-` is a hyphen, `'` a closing quote and `~` an
 * accent, which nobody can paste into a shell.
 */
function escaped(text: string): string {
  return text
    .replaceAll("\\", String.raw`\e`)
    .replaceAll("-", String.raw`\-`)
    .replaceAll('"', String.raw`\(dq`)
    .replaceAll("'", String.raw`\(aq`)
    .replaceAll("~", String.raw`\(ti`)
    .replaceAll("^", String.raw`\(ha`)
    .replaceAll("`", String.raw`\(ga`);
}
