import { z } from "zod";
import type { Option } from "../settings/option.ts";
import { inFileWords } from "./conflict.ts";
import {
  eventKeys,
  insideOf,
  type KeyTable,
  publishedKeys,
  pushKeys,
  serverKeys,
  streamKeys,
} from "./keys.ts";

/** The JSON schema of a configuration file: what its keys are, and of which type. What a value may be, the options say. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(fileSchema(), { io: "input" });
  return `${JSON.stringify({ ...schema, title: "flvcast.yml" }, null, 2)}\n`;
}

function fileSchema(): z.ZodType {
  const stream = z.strictObject(streamShape());
  const device = streamKeys.get("device")?.option.help ?? "";
  return z.strictObject({
    ...shapeOf(serverKeys),
    name: z
      .union([z.string(), z.number()])
      .optional()
      .describe("what the server is called; by default, as its file"),
    defaults: stream.nullish().describe("what all streams have in common"),
    streams: z
      .record(z.string(), z.union([z.string(), z.number(), stream]).nullable())
      .nullish() // with publish any, which a flag or a variable may say
      .describe(`the streams by their names, each with its keys, or only its device: ${device}`),
    published: z
      .strictObject(shapeOf(publishedKeys))
      .nullish()
      .describe("with publish any: how streams are that the file does not have, as a stream's keys"),
    events: z.array(ruleSchema()).nullish().describe("what to run or to tell when something happens"),
  });
}

function streamShape(): Record<string, z.ZodType> {
  const { push, ...others } = shapeOf(streamKeys);
  const target = z.union([z.string(), z.strictObject({ ...shapeOf(pushKeys), url: z.string() })]);
  const described = z
    .union([target, z.array(target)])
    .optional()
    .meta(push?.meta() ?? {});
  return { ...others, push: described };
}

function ruleSchema(): z.ZodType {
  const { run, ...others } = shapeOf(eventKeys);
  const word = z.union([z.string(), z.number()]);
  const command = z.union([z.string(), z.number(), z.array(word).min(1)]);
  return z.strictObject({ run: command.optional().meta(run?.meta() ?? {}), ...others });
}

/** Each key, none of which must be there. */
function shapeOf(table: KeyTable): Record<string, z.ZodType> {
  return Object.fromEntries(
    [...table].map(([name, { option }]) => {
      const inside = insideOf(name, table);
      const parts = inside === null ? [] : [z.strictObject(shapeOf(inside))];
      return [
        name,
        z
          .union([...valueTypes(option), ...parts])
          .optional()
          .meta(descriptionOf(option)),
      ];
    }),
  );
}

/** A reference may stand for any value, so text is always right. */
function valueTypes({ metavar, isList }: Option<unknown>): [z.ZodType, ...z.ZodType[]] {
  const single = [z.string(), z.number()] as const;
  if (metavar === null) return [z.boolean(), ...single];
  return isList ? [...single, z.array(z.union(single))] : [...single];
}

function descriptionOf({ help, suggestions, fallbackText }: Option<unknown>): Record<string, unknown> {
  const description = inFileWords(fallbackText === undefined ? help : `${help} (default: ${fallbackText})`);
  return { description, ...(suggestions?.words === undefined ? {} : { examples: suggestions.words }) };
}
