import type { ManualCommand } from "../../../src/cli/shell/man.ts";

const flag = (name: string, metavar: string | null, help: string) => ({
  ...{ flag: name, metavar, help },
  ...{ group: "Running" },
});

/** Commands with all that shells may stumble over. */
export const commands: readonly ManualCommand[] = [
  {
    name: "start",
    summary: "capture: a device's picture",
    usage: "flvcast start --device DEVICE",
    description: "Captures 'it' \\ and more.",
    flags: [
      {
        ...flag("device", "DEVICE", "a camera (cam0), [or] a file: either"),
        suggestions: { words: ["test", "screen"], files: true },
      },
      {
        ...flag("encoder", "NAME", "ffmpeg's encoder, or auto"),
        fallbackText: "auto",
        suggestions: { words: ["auto", "libx264", "h264_qsv"] },
      },
      flag("name", "NAME", "the stream's name"),
      { ...flag("ffmpeg", "PATH", "the ffmpeg to run"), suggestions: { files: true } },
      { ...flag("loop", null, "again and again"), group: "Files" },
    ],
    examples: [["flvcast start --device ~/a.mp4", "a file"]],
    epilogue: ".hidden is no request",
  },
  {
    name: "completion",
    summary: "print it",
    usage: "flvcast completion SHELL",
    description: "Prints.",
    flags: [],
    words: ["bash", "zsh"],
    examples: [],
    epilogue: "Nothing more.",
  },
  {
    name: "service install",
    summary: "install it",
    usage: "flvcast service install -- START-FLAGS",
    description: "Installs.",
    flags: [
      { ...flag("stream", "NAME", "which stream"), isPositional: true },
      { ...flag("user", null, "for this user alone"), short: "u" },
    ],
    examples: [],
    epilogue: "Nothing more.",
  },
  {
    name: "service print",
    summary: "show it",
    usage: "flvcast service print",
    description: "Prints.",
    flags: [],
    examples: [],
    epilogue: "Nothing more.",
  },
];
