import ffmpeg from "fluent-ffmpeg";

export interface Command {
  readonly input: { readonly options: readonly string[]; readonly url: string };
  readonly outputs: readonly { readonly options: readonly string[]; readonly url: string }[];
}

/** The argument list of a command, as an array: it never passes through a shell. */
export function buildArguments({ input, outputs }: Command): readonly string[] {
  const command = ffmpeg(input.url).inputOptions(...asIs(input.options));
  for (const output of outputs) command.output(output.url).outputOptions(...asIs(output.options));
  return command._getArguments();
}

/** fluent-ffmpeg splits a single option at its space; of two and more it leaves each alone. */
function asIs(options: readonly string[]): [string, ...string[]] {
  const [first, ...rest] = options;
  if (first === undefined || rest.length === 0) throw new Error("an ffmpeg command has at least two options");
  return [first, ...rest];
}
