import {
  type DescribedCommand,
  type DescribedFlag,
  firstWords,
  named,
  quoted,
  secondWords,
  wordSuggestions,
} from "./described.ts";

/** The completion of `flvcast` for bash, 3.2 (macOS) and newer; it needs no other package. */
export function bashCompletion(commands: readonly DescribedCommand[]): string {
  return `# flvcast's completion for bash. In ~/.bashrc: eval "$(flvcast completion bash)"
_flvcast_words() { COMPREPLY+=($(compgen -W "$1" -- "$2")); }
_flvcast_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -f -- "$1"))
}
# a stream that runs has a link of its name, with a number behind it; a server's has +server between
_flvcast_streams() {
  local link names=
  for link in /run/flvcast*/*@* "/run/user/$UID"/flvcast*/*@* ~/.local/state/flvcast/*@*; do
    [[ -L $link && $link != *+ensure@* ]] && link=\${link##*/} && link=\${link%@*} && names+=" \${link%+server}"
  done
  _flvcast_words "$names" "$1"
}
_flvcast() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    _flvcast_words ${quoted([...firstWords(commands).keys(), "--help", "--version"].join(" "))} "$cur"
    return
  fi
  case "$command" in
${[...secondWords(commands)].map(groupCase).join("\n")}
  esac
  # what stands behind -- are options of start
  local n
  for ((n = 2; n < COMP_CWORD; n++)); do [[ \${COMP_WORDS[n]} == -- ]] && command=start; done
  # bash takes --flag=value for three words
  if [[ $cur == "=" ]]; then
    cur=
  elif [[ $prev == "=" ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case "$command $prev" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "$command" in
${commands.map(wordCase).join("\n")}
  esac
}
complete -F _flvcast flvcast
`;
}

function groupCase([first, commands]: readonly [string, readonly DescribedCommand[]]): string {
  const words = quoted(commands.map(({ name }) => name).join(" "));
  return `    ${first})
      if [[ $COMP_CWORD -eq 2 ]]; then
        _flvcast_words ${words} "$cur"
        return
      fi
      command="$command \${COMP_WORDS[2]}"
      ;;`;
}

function valueCases({ name, flags }: DescribedCommand): readonly string[] {
  const known = named(flags).filter(({ suggestions }) => suggestions !== undefined);
  const unknown = named(flags).filter(
    ({ metavar, suggestions }) => metavar !== null && suggestions === undefined,
  );
  const none = unknown.map((flag) => spellings(name, flag)).join(" | ");
  return [
    ...known.map((flag) => `    ${spellings(name, flag)}) ${offers(flag)}return ;;`),
    ...(none === "" ? [] : [`    ${none}) return ;;`]),
  ];
}

/** `start --port` and `start -p`. */
function spellings(name: string, { flag, short }: DescribedFlag): string {
  const letters = short === undefined ? [] : [quoted(`${name} -${short}`)];
  return [quoted(`${name} --${flag}`), ...letters].join(" | ");
}

function offers({ suggestions }: Pick<DescribedFlag, "suggestions">): string {
  const words =
    suggestions?.words === undefined ? "" : `_flvcast_words ${quoted(suggestions.words.join(" "))} "$cur"; `;
  const streams = suggestions?.streams ? '_flvcast_streams "$cur"; ' : "";
  return `${words}${streams}${suggestions?.files ? '_flvcast_files "$cur"; ' : ""}`;
}

function wordCase({ name, flags, words = [] }: DescribedCommand): string {
  const all = [...words, ...named(flags).map(({ flag }) => `--${flag}`), "--help"];
  const word = wordSuggestions(flags);
  const more = word === undefined ? "" : `[[ $cur == -* ]] || { ${offers({ suggestions: word })}} `;
  return `    ${quoted(name)}) _flvcast_words ${quoted(all.join(" "))} "$cur"; ${more};;`.replace(
    "; ;;",
    " ;;",
  );
}
