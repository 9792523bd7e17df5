import {
  brief,
  type DescribedCommand,
  type DescribedFlag,
  firstWords,
  named,
  secondWords,
  wordSuggestions,
} from "./described.ts";

export function fishCompletion(commands: readonly DescribedCommand[]): string {
  return `# flvcast's completion for fish: flvcast completion fish > ~/.config/fish/completions/flvcast.fish
function __flvcast_is
    set -l words (commandline -opc)
    set -l last (math (count $argv) + 1)
    test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end
function __flvcast_is_bare
    test (count (commandline -opc)) -eq 1
end
function __flvcast_lacks_second
    test (count (commandline -opc)) -eq 2; and __flvcast_is $argv
end
# a stream that runs has a link of its name, with a number behind it; a server's has +server between
function __flvcast_streams
    set -l links /run/flvcast*/*@* /run/user/(id -u)/flvcast*/*@* ~/.local/state/flvcast/*@*
    string match -rv '\\+ensure@' -- $links | string replace -r '.*/([^/]+?)(\\+server)?@.*' '$1'
end
complete -c flvcast -f
complete -c flvcast -n __flvcast_is_bare -l help -d 'show the help'
complete -c flvcast -n __flvcast_is_bare -l version -d 'show the version'
${[...firstWords(commands)].map(([name, summary]) => `complete -c flvcast -n __flvcast_is_bare -a ${name} -d ${fishQuoted(summary)}`).join("\n")}
${[...[...secondWords(commands)].flatMap(groupLines), ...commands.flatMap(linesOf)].join("\n")}
`;
}

function groupLines([first, commands]: readonly [string, readonly DescribedCommand[]]): readonly string[] {
  return commands.map(
    ({ name, summary }) =>
      `complete -c flvcast -n '__flvcast_lacks_second ${first}' -a ${name} -d ${fishQuoted(summary)}`,
  );
}

function linesOf({ name, flags, words = [] }: DescribedCommand): readonly string[] {
  const begin = `complete -c flvcast -n '__flvcast_is ${name}'`;
  const word = wordSuggestions(flags);
  return [
    ...(words.length === 0 ? [] : [`${begin} -a ${fishQuoted(words.join(" "))}`]),
    ...(word === undefined ? [] : [begin + offered(word)]),
    ...named(flags).map(
      (flag) => `${begin} -l ${flag.flag}${letter(flag)}${value(flag)} -d ${fishQuoted(brief(flag))}`,
    ),
    `${begin} -l help -d ${fishQuoted("show the command's help")}`,
  ];
}

function letter({ short }: DescribedFlag): string {
  return short === undefined ? "" : ` -s ${short}`;
}

/** `-x`: a value that is no file; `-r -F`: one that may be. */
function value({ metavar, suggestions }: DescribedFlag): string {
  if (metavar === null) return "";
  if (suggestions === undefined) return " -x";
  return `${suggestions.files ? " -r" : " -x"}${offered(suggestions)}`;
}

function offered({ words, files, streams }: NonNullable<DescribedFlag["suggestions"]>): string {
  const known = words === undefined ? "" : ` -a ${fishQuoted(words.join(" "))}`;
  return `${files ? " -F" : ""}${known}${streams ? " -a '(__flvcast_streams)'" : ""}`;
}

/** fish knows the backslash inside of single quotes, unlike the others. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
