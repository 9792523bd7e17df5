import {
  brief,
  type DescribedCommand,
  type DescribedFlag,
  firstWords,
  named,
  quoted,
  secondWords,
  wordSuggestions,
} from "./described.ts";

/** The completion of `flvcast` for zsh, evaluated or as a file `_flvcast` in `$fpath`. */
export function zshCompletion(commands: readonly DescribedCommand[]): string {
  return `#compdef flvcast
# flvcast's completion for zsh. In ~/.zshrc, after compinit: eval "$(flvcast completion zsh)"
# a stream that runs has a link of its name, with a number behind it; a server's has +server between
_flvcast_streams() {
  local -a names
  names=(/run/flvcast*/*@*(N@:t) /run/user/$UID/flvcast*/*@*(N@:t) ~/.local/state/flvcast/*@*(N@:t))
  names=(\${\${\${names:#*+ensure@*}%@*}%+server})
  compadd -a names
}
_flvcast_word_or_file() { _alternative "words:word:$1" files:file:_files; }
_flvcast() {
  local -a commands
  commands=(
${[...firstWords(commands)].map(described).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  case $command in
${[...secondWords(commands)].map(groupCase).join("\n")}
  esac
  shift words
  (( CURRENT-- ))
  # what stands behind -- are options of start
  local dashes=$words[(I)--]
  if (( dashes > 0 && dashes < CURRENT )); then
    command=start
    shift $((dashes - 1)) words
    (( CURRENT -= dashes - 1 ))
  fi
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _flvcast ]]; then _flvcast "$@"; else compdef _flvcast flvcast; fi
`;
}

function described([name, summary]: readonly [string, string]): string {
  return `    ${quoted(`${name}:${escaped(summary)}`)}`;
}

function groupCase([first, commands]: readonly [string, readonly DescribedCommand[]]): string {
  const words = commands.map(({ name, summary }) => described([name, summary]).trim()).join(" ");
  return `    ${first})
      if (( CURRENT == 3 )); then
        commands=(${words})
        _describe -t commands command commands
        return
      fi
      command="$command $words[3]"
      shift words
      (( CURRENT-- ))
      ;;`;
}

function commandCase({ name, flags, words = [] }: DescribedCommand): string {
  const suggested = wordSuggestions(flags);
  const action = suggested && actionOf(suggested);
  const word =
    words.length > 0
      ? [quoted(`1:word:(${words.join(" ")})`)]
      : action === undefined
        ? []
        : [quoted(`*:word:${action}`)];
  const specs = [...word, ...named(flags).map(spec), quoted("(- *)--help[show the command's help]")];
  return [
    `    ${quoted(name)})`,
    "      _arguments \\",
    `        ${specs.join(" \\\n        ")}`,
    "      ;;",
  ].join("\n");
}

/** As _arguments of zshcompsys(1) has it: `--flag=[what it is]:VALUE:what it may be`. */
function spec(flag: DescribedFlag): string {
  const description = `[${escaped(brief(flag))}]`;
  const short = flag.short === undefined ? [] : [`-${flag.short}`];
  if (flag.metavar === null)
    return [`--${flag.flag}`, ...short].map((name) => quoted(name + description)).join(" ");
  const value = `${description}:${escaped(flag.metavar)}:${actionOf(flag.suggestions)}`;
  return [`--${flag.flag}=`, ...short].map((name) => quoted(name + value)).join(" ");
}

function actionOf(suggestions: DescribedFlag["suggestions"]): string {
  if (suggestions?.streams) return "_flvcast_streams";
  const words = suggestions?.words === undefined ? null : `(${suggestions.words.join(" ")})`;
  if (!suggestions?.files) return words ?? " ";
  // with a space before it, it is called with these words alone
  return words === null ? "_files" : ` _flvcast_word_or_file "${words}"`;
}

function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, String.raw`\$&`);
}
