import { DEFAULT_TIMEOUT_MS, type EventValues, eventOptions } from "../settings/event-options.ts";
import type { EventRule, PostAction, RunAction } from "../settings/serve-settings.ts";
import type { ConfigNode, ListNode } from "./document.ts";
import { eventKeys, type Key } from "./keys.ts";
import { entryOf, mapOf, readSection } from "./section.ts";
import { type Given, type GivenValue, type ReadContext, readValue } from "./values.ts";

export interface ReadRule {
  readonly rule: EventRule;
  readonly given: Given;
  readonly command: readonly GivenValue[];
}

const MAX_RULES = 100;
const MAX_ARGUMENTS = 100;

export function readEvents(node: ConfigNode | undefined, context: ReadContext): readonly ReadRule[] {
  if (node === undefined || (node.kind === "scalar" && node.type !== "text")) return [];
  if (node.kind !== "list") {
    context.faults.add(node.at, "events", "is not a list: begin each rule with a dash");
    return [];
  }
  const { items } = node;
  if (items.length > MAX_RULES)
    context.faults.add(node.at, "events", `has ${items.length} rules: use up to ${MAX_RULES}`);
  return items
    .slice(0, MAX_RULES)
    .flatMap((item, index) => readRule(item, `events[${index}]`, context) ?? []);
}

function readRule(node: ConfigNode, path: string, context: ReadContext): ReadRule | null {
  const map = mapOf(node, path, context);
  if (map === null) return null;
  const before = context.faults.count;
  const others = [eventOptions.run.flag];
  const given = readSection(map, { path, place: "event", table: withoutRun, others }, context);
  const run = entryOf(map, eventOptions.run.flag);
  const command = run === undefined ? [] : readCommand(run.value, `${path}.run`, context);
  if (command === null || context.faults.count > before) return null;
  const fault = ruleFault((name) => entryOf(map, name) !== undefined);
  if (fault !== null) return context.faults.add(map.at, path, fault);
  // Each value came from its own option.
  const values: Partial<EventValues> = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  const action = run === undefined ? postAction(values) : runAction(command, values);
  const { on = null, afterMs = null } = values;
  return action === null ? null : { rule: { action, on, afterMs }, given, command };
}

const withoutRun = new Map([...eventKeys].filter(([name]) => name !== eventOptions.run.flag));

function ruleFault(has: (name: string) => boolean): string | null {
  if (has("run") && has("post")) return "has run and post: use a rule for each";
  if (!has("run") && !has("post")) return "does nothing: add run or post";
  if (has("run") && has("secret")) return "secret is only for post: remove it";
  if (has("post") && has("timeout")) return "timeout is only for run: remove it";
  return null;
}

/** A program, or a list of it and its arguments. null where it is among the faults. */
function readCommand(node: ConfigNode, path: string, context: ReadContext): readonly GivenValue[] | null {
  const list: Pick<ListNode, "items"> = node.kind === "list" ? node : { items: [node] };
  if (list.items.length === 0) return context.faults.add(node.at, path, "is empty: give the program");
  if (list.items.length > MAX_ARGUMENTS)
    return context.faults.add(node.at, path, `has too many arguments: use up to ${MAX_ARGUMENTS}`);
  const words = list.items.map((item, index) =>
    readValue(
      index === 0 ? program : argument,
      item,
      node.kind === "list" ? `${path}[${index}]` : path,
      context,
    ),
  );
  if (words.some((word) => word === null)) return null;
  if (node.kind === "scalar" && /\s/.test(node.text.trim()))
    return context.faults.add(
      node.at,
      path,
      "is one program, without a shell: write its arguments as a list, e.g. [notify, --urgent]",
    );
  return words.filter((word) => word !== null);
}

const program: Key = { setting: "run", option: eventOptions.run };
const { path: _, ...argumentOption } = { ...eventOptions.run, metavar: "TEXT" };
const argument: Key = { setting: "run", option: argumentOption };

function runAction(command: readonly GivenValue[], { timeoutMs }: Partial<EventValues>): RunAction | null {
  const [first, ...rest] = command.map(({ value }) => String(value));
  if (first === undefined) return null;
  return { kind: "run", command: [first, ...rest], timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS };
}

/** null where its URL is among the faults. */
function postAction({ post, secret }: Partial<EventValues>): PostAction | null {
  return post === undefined ? null : { kind: "post", url: post, secret: secret ?? null };
}
