import { expect, test } from "vitest";
import { faultsOf } from "./parsed.ts";

interface WrongFile {
  readonly title: string;
  /** The first line of several is left out. */
  readonly text: string;
  /** All that is said of it, without the file's path. */
  readonly lines: readonly string[];
}

const wrongFiles: readonly WrongFile[] = [
  {
    title: "an empty file",
    text: "",
    lines: ["1:1: the file is empty: add streams"],
  },
  {
    title: "comments alone",
    text: "# nothing\n",
    lines: ["1:1: the file is empty: add streams"],
  },
  {
    title: "a list",
    text: `
- a
- b
`,
    lines: ["1:1: not a map of keys and values"],
  },
  {
    title: "a word",
    text: "hello",
    lines: ["1:1: not a map of keys and values"],
  },
  {
    title: "no streams",
    text: "port: 8080",
    lines: ["1:1: streams: is missing: add a stream, e.g. door: cam0"],
  },
  {
    title: "streams of nothing",
    text: "streams:",
    lines: ["1:1: streams: is missing: add a stream, e.g. door: cam0"],
  },
  {
    title: "streams as a list",
    text: "streams: [cam0, cam1]",
    lines: ["1:10: streams: is not a map: write streams: { … }, or indented keys below it"],
  },
  {
    title: "mediamtx's paths",
    text: `
paths:
  door:
    source: rtsp://10.0.0.1/x
`,
    lines: ["1:1: paths: unknown; did you mean streams?"],
  },
  {
    title: "channels, and a misspelled option",
    text: `
channels: { a: test }
prot: 80

`,
    lines: ["1:1: channels: unknown; did you mean streams?", "2:1: prot: unknown; did you mean port?"],
  },
  {
    title: "cameras",
    text: "cameras: { a: test }",
    lines: ["1:1: cameras: unknown; did you mean streams?"],
  },
  {
    title: "a misspelled key of a stream",
    text: `
streams:
  door:
    device: cam0
    sise: 1280x720
`,
    lines: ["4:5: streams.door.sise: unknown; did you mean size?"],
  },
  {
    title: "camel case",
    text: "streams: { a: { device: test, maxLag: 3s, max_viewers: 3 } }",
    lines: [
      "1:31: streams.a.maxLag: unknown; did you mean max-lag?",
      "1:43: streams.a.max_viewers: unknown; did you mean max-viewers?",
    ],
  },
  {
    title: "mediamtx's keys of a path",
    text: `
streams:
  a:
    source: test
    rtspTransport: tcp
    runOnReady: notify
    maxReaders: 3
`,
    lines: [
      "3:5: streams.a.source: unknown; did you mean device?",
      "4:5: streams.a.rtspTransport: unknown; did you mean rtsp-transport?",
      "5:5: streams.a.runOnReady: unknown; programs are run by events, a list at the top",
      "6:5: streams.a.maxReaders: unknown; did you mean max-viewers?",
    ],
  },
  {
    title: "a stream's key at the top",
    text: `
fps: 30
streams: { a: test }
`,
    lines: ["1:1: fps: belongs to a stream, or to defaults"],
  },
  {
    title: "the server's key in a stream",
    text: "streams: { a: { device: test, port: 80, name: b } }",
    lines: [
      "1:31: streams.a.port: belongs at the top: all streams share it",
      "1:41: streams.a.name: not needed: the key above is the name of the stream",
    ],
  },
  {
    title: "what only flags can",
    text: `
detach: true
log-format: json
streams: { a: test }
`,
    lines: [
      "1:1: detach: only a flag, not a key of this file",
      "2:1: log-format: only a flag, not a key of this file",
    ],
  },
  {
    title: "what a server does by itself",
    text: `
defaults: { wait: true, exit-on-device-error: true, duration: 1h }
streams: { a: test }
`,
    lines: [
      "1:13: defaults.wait: not needed: a server always waits for its devices",
      "1:25: defaults.exit-on-device-error: not possible: a server always restarts its inputs",
      "1:53: defaults.duration: not possible: a stream runs until it is removed from the file",
    ],
  },
  {
    title: "several at once, in order",
    text: `
streams:
  b: { device: test, fps: 999 }
  a: { device: test, size: 5 }
port: 70000
x: 1
`,
    lines: [
      "2:27: streams.b.fps: 999 is out of range: use more than 0 and up to 240, e.g. 30",
      "3:28: streams.a.size: 5 is not a size: use WIDTHxHEIGHT, e.g. 1280x720",
      "4:7: port: 70000 is not a port: use 1 to 65535, or 0 for any free one, e.g. 8080",
      "5:1: x: unknown",
    ],
  },
  {
    title: "a fault of the defaults, once",
    text: `
defaults: { encoder: x265, audio: screen }
streams: { a: cam0, b: cam1 }
`,
    lines: ["1:35: defaults.audio: screen has no audio: use a microphone, test, a media file or a URL"],
  },
  {
    title: "numbers and switches of the wrong kind",
    text: "streams: { a: { device: test, fps: true, copy: maybe, loop: 2, size: [1, 2], bitrate: { max: 3 } } }",
    lines: [
      "1:36: streams.a.fps: true is not a value of this key: use RATE",
      "1:48: streams.a.copy: maybe is not a boolean: use 1, true or yes, or 0, false or no",
      "1:61: streams.a.loop: 2 is not a boolean: use 1, true or yes, or 0, false or no",
      "1:70: streams.a.size: is a list: use WIDTHxHEIGHT",
      "1:87: streams.a.bitrate: is a map: use RATE",
    ],
  },
  {
    title: "nothing where something must be",
    text: "streams: { a: { device: test, fps: , size: '' } }",
    lines: [
      "1:36: streams.a.fps: is empty: use RATE, or remove it",
      "1:44: streams.a.size: is empty: use WIDTHxHEIGHT, or remove it",
    ],
  },
  {
    title: "a stream without a device",
    text: "streams: { a: { fps: 30 }, b: , c: {} }",
    lines: [
      "1:12: streams.a: has no device: add one, e.g. device: cam0",
      "1:28: streams.b: has no device: add one, e.g. device: cam0",
      "1:33: streams.c: has no device: add one, e.g. device: cam0",
    ],
  },
  {
    title: "a stream that is a list",
    text: "streams: { a: [test] }",
    lines: ["1:15: streams.a: is not a map: write streams.a: { … }, or indented keys below it"],
  },
  {
    title: "a name that is none",
    text: "streams: { 'a b': test, .x: test, door.flv: test }",
    lines: [
      '1:12: streams: "a b" is not a valid name: use up to 64 letters, digits, _, - and . (not first), e.g. garden',
      "1:25: streams: .x is not a valid name: use up to 64 letters, digits, _, - and . (not first), e.g. garden",
      "1:35: streams: door.flv has an extension: remove .flv or .jpg, e.g. door",
    ],
  },
  {
    title: "stdin",
    text: "streams: { a: '-', b: { device: test, audio: '-' } }",
    lines: [
      "1:15: streams.a.device: a server has no stdin: use another input",
      "1:46: streams.b.audio: - has no audio: use a microphone, test, a media file or a URL",
    ],
  },
  {
    title: "a conflict",
    text: `
streams:
  a:
    device: cam0
    copy: true
    size: 640x480
`,
    lines: ["4:11: streams.a: copy passes the video through unchanged: remove copy or size"],
  },
  {
    title: "a conflict of kinds",
    text: `
streams:
  a:
    device: test
    loop: true
  b: { device: rtsp://h/x, input-format: mjpeg }
`,
    lines: [
      '4:11: streams.a: loop is only for media files, and "test" is not one',
      '5:42: streams.b: input-format is only for cameras, and "rtsp://h/x" is not one',
    ],
  },
  {
    title: "defaults that contradict each other",
    text: `
defaults: { copy: true, size: 640x480 }
streams: { a: cam0 }
`,
    lines: ["1:19: defaults: copy passes the video through unchanged: remove copy or size"],
  },
  {
    title: "an address given twice",
    text: `
listen: :8080
port: 80
streams: { a: test }
`,
    lines: ["1:9: listen and port both say where to listen: use one of them"],
  },
  {
    title: "addresses that are none",
    text: `
listen: localhost
host: 1.2.3
streams: { a: test }
`,
    lines: [
      "1:9: listen: localhost is not an address with a port: use HOST:PORT, with IPv6 in brackets, e.g. 0.0.0.0:8080",
      "2:7: host: 1.2.3 is not an address: use an IP address or a host name, e.g. 0.0.0.0",
    ],
  },
  {
    title: "IPv6 without brackets",
    text: `
listen: ::1:8080
streams: { a: test }
`,
    lines: [
      "1:9: listen: ::1:8080 is not an address with a port: use HOST:PORT, with IPv6 in brackets, e.g. 0.0.0.0:8080",
    ],
  },
  {
    title: "half a pair",
    text: `
tls-cert: cert.pem
streams: { a: test }
`,
    lines: ["1:11: tls-cert needs its private key: add tls-key"],
  },
  {
    title: "a short token",
    text: `
token: short
streams: { a: test }
`,
    lines: ["1:8: token: is too short: use at least 8 characters"],
  },
  {
    title: "a token twice",
    text: `
token: abcdefgh
token-file: x
streams: { a: test }
`,
    lines: ["1:8: token and token-file both give the token: use one of them"],
  },
  {
    title: "a token nobody needs",
    text: `
auth: none
token: abcdefgh
streams: { a: test }
`,
    lines: ["1:7: auth none needs no token: remove auth or token"],
  },
  {
    title: "tokens of streams",
    text: "streams: { a: { device: test, auth: token }, b: { device: test, auth: auto }, c: { device: test, auth: none, token: abcdefgh }, d: { device: test, token: abcdefgh, token-file: x } }",
    lines: [
      "1:37: streams.a: auth token needs a token of its own: add token or token-file, or remove auth",
      "1:71: streams.b: auth of a stream can only be none, or token if it has a token of its own",
      "1:104: streams.c: auth none needs no token: remove auth or token",
      "1:155: streams.d: token and token-file both give the token: use one of them",
    ],
  },
  {
    title: "a stream's token where everyone may watch",
    text: `
auth: none
streams: { a: { device: test, token: abcdefgh } }
`,
    lines: [
      "2:12: streams.a: its token protects nothing: the server has auth none; give the open streams auth none instead",
    ],
  },
  {
    title: "the server's name is a stream's",
    text: `
name: door
streams: { door: test }
`,
    lines: ["2:12: streams.door: the server is called door, too; set name to something else"],
  },
  {
    title: "the file's name is a stream's",
    text: "streams: { flvcast: test }",
    lines: [
      "1:12: streams.flvcast: the server is called flvcast after its file, too; set name to something else",
    ],
  },
  {
    title: "a server's name that is none",
    text: `
name: my house
streams: { a: test }
`,
    lines: [
      '1:7: name: "my house" is not a valid name: use up to 64 letters, digits, _, - and . (not first), e.g. garden',
    ],
  },
  {
    title: "a name of another kind",
    text: `
name: [a]
streams: { a: test }
`,
    lines: ["1:7: name: is not a name: use a word"],
  },
  {
    title: "a key twice",
    text: `
streams:
  a: test
  b: test
  a: cam0
`,
    lines: ["4:3: streams.a: already given in line 2"],
  },
  {
    title: "a tab",
    text: "streams:\n\ta: test",
    lines: ["2:1: not valid YAML: indent with spaces, not tabs"],
  },
  {
    title: "an indentation that fits nothing",
    text: `
streams:
    a: test
  b: test
`,
    lines: [
      "3:1: not valid YAML: the indentation does not match the lines above, or a bracket is not closed",
    ],
  },
  {
    title: "a second colon",
    text: `
streams:
  a: device: test
`,
    lines: ['2:6: not valid YAML: a second ": " in one line; put the value in quotes'],
  },
  {
    title: "a quote without its end",
    text: `
streams:
  a: "test
`,
    lines: ["3:1: not valid YAML: a quote, bracket, comma or the space after a colon is missing"],
  },
  {
    title: "a bracket without its end",
    text: "streams: { a: test",
    lines: [
      "1:19: not valid YAML: the indentation does not match the lines above, or a bracket is not closed",
    ],
  },
  {
    title: "a reference in brackets",
    text: "streams: { a: ${DOOR} }",
    lines: ["1:16: not valid YAML; inside brackets, put ${NAME} in quotes"],
  },
  {
    title: "two documents",
    text: `
streams: { a: test }
---
streams: { a: test }
`,
    lines: ["2:1: a second document begins here: use one file for each server"],
  },
  {
    title: "an alias",
    text: `
defaults: &d { fps: 30 }
streams: { a: test, b: *d }
`,
    lines: ["2:21: streams.b: aliases are not supported: use defaults"],
  },
  {
    title: "a merge key",
    text: `
streams:
  a: &a { device: test }
  b: { <<: *a, fps: 3 }
`,
    lines: ["3:8: streams.b.<<: merge keys are not supported: use defaults"],
  },
  {
    title: "an include",
    text: "streams: !include streams.yml",
    lines: ["1:19: streams: tags and includes are not supported"],
  },
  {
    title: "a tag",
    text: "{ name: !word house, streams: { a: !!js/function test } }",
    lines: [
      "1:15: name: tags and includes are not supported",
      "1:50: streams.a: tags and includes are not supported",
    ],
  },
  {
    title: "a key that is a list",
    text: `
? [a, b]
: 1
streams: { a: test }
`,
    lines: ["1:1: a key must be a word"],
  },
  {
    title: "a variable that is not set",
    text: "streams: { a: '${DOOR}' }",
    lines: ["1:15: streams.a.device: ${DOOR} is not set, and has no default"],
  },
  {
    title: "a shell's default",
    text: "streams: { a: '${DOOR:-cam0}' }",
    lines: ["1:15: streams.a.device: a default follows the colon: ${DOOR:default}, without -"],
  },
  {
    title: "a file that is not there",
    text: `
token: \${file:/etc/none}
streams: { a: test }
`,
    lines: ["1:8: token: cannot read /etc/none (ENOENT)"],
  },
  {
    title: "a reference without its end",
    text: "streams: { a: '${DOOR' }",
    lines: ["1:15: streams.a.device: ${ without its }; write $${ for ${ itself"],
  },
  {
    title: "events that are no list",
    text: `
streams: { a: test }
events: { run: notify }
`,
    lines: ["2:9: events: is not a list: begin each rule with a dash"],
  },
  {
    title: "events that are a word",
    text: `
streams: { a: test }
events: notify
`,
    lines: ["2:9: events: is not a list: begin each rule with a dash"],
  },
  {
    title: "a rule that is a word",
    text: `
streams: { a: test }
events: [notify]
`,
    lines: ["2:10: events[0]: is not a map: write events[0]: { … }, or indented keys below it"],
  },
  {
    title: "rules that do nothing, or too much",
    text: `
streams: { a: test }
events:
  - on: all
  - { run: a, post: 'http://h/' }
  - { run: a, secret: x }
  - { post: 'http://h/', timeout: 3s }
`,
    lines: [
      "3:5: events[0]: does nothing: add run or post",
      "4:5: events[1]: has run and post: use a rule for each",
      "5:5: events[2]: secret is only for post: remove it",
      "6:5: events[3]: timeout is only for run: remove it",
    ],
  },
  {
    title: "a shell's command",
    text: `
streams: { a: test }
events:
  - run: notify --urgent
`,
    lines: [
      "3:10: events[0].run: is one program, without a shell: write its arguments as a list, e.g. [notify, --urgent]",
    ],
  },
  {
    title: "a command of nothing",
    text: `
streams: { a: test }
events:
  - run: []
  - run:
  - run: [[a]]
`,
    lines: [
      "3:10: events[0].run: is empty: give the program",
      "4:9: events[1].run: is empty: use PROGRAM, or remove it",
      "5:11: events[2].run[0]: is a list: use PROGRAM",
    ],
  },
  {
    title: "events that do not exist",
    text: `
streams: { a: test }
events:
  - { run: a, on: stream-upp }
  - { run: a, on: [stream-up, runOnReady] }
  - { run: a, on: channel-up }
  - { run: a, on: foo }
  - { run: a, on: constructor }
`,
    lines: [
      "3:19: events[0].on: stream-upp has an unknown event; did you mean stream-up?",
      "4:19: events[1].on: stream-up,runOnReady has an unknown event; did you mean stream-up?",
      "5:19: events[2].on: channel-up has an unknown event; did you mean stream-up?",
      "6:19: events[3].on: foo has an unknown event; use all or stream-up, stream-down, input-lost, input-back, encoder-changed, viewer-joined, viewer-left, watched, unwatched, publisher-joined, publisher-left, push-up, push-down, recording-started, recording-paused, recording-resumed, segment-done, config-applied, config-refused, server-started, server-stopping",
      "7:19: events[4].on: constructor has an unknown event; use all or stream-up, stream-down, input-lost, input-back, encoder-changed, viewer-joined, viewer-left, watched, unwatched, publisher-joined, publisher-left, push-up, push-down, recording-started, recording-paused, recording-resumed, segment-done, config-applied, config-refused, server-started, server-stopping",
    ],
  },
  {
    title: "a URL that is none",
    text: `
streams: { a: test }
events:
  - post: hook.example
  - post: ftp://h/
`,
    lines: [
      "3:11: events[0].post: hook.example is not an http or https URL, e.g. https://hook.example/flvcast",
      "4:11: events[1].post: ftp://h/ is not an http or https URL, e.g. https://hook.example/flvcast",
    ],
  },
  {
    title: "values with a null character",
    text: `
trusted-proxy: "fe80::1%a\\0"
token: "hunter2\\0"
streams: { a: { device: "/a\\0b" } }
events:
  - { run: "a\\0", secret: "hunter2\\0" }
  - post: "http://h/\\0"
`,
    lines: [
      String.raw`1:16: trusted-proxy: "fe80::1%a\u0000" contains a null character`,
      "2:8: token: contains a null character",
      String.raw`3:25: streams.a.device: "/a\u0000b" contains a null character`,
      String.raw`5:12: events[0].run: "a\u0000" contains a null character`,
      "5:27: events[0].secret: contains a null character",
      "6:11: events[1].post: http://h/… contains a null character",
    ],
  },
  {
    title: "times that are none",
    text: `
streams: { a: test }
events:
  - { run: a, after: soon, timeout: 1h }
`,
    lines: [
      "3:22: events[0].after: soon is not a time: use seconds, or a number with s, m or h, e.g. 10m",
      "3:37: events[0].timeout: 1h is out of range: use up to 10m, e.g. 10s",
    ],
  },
  {
    title: "misspelled keys of a rule",
    text: `
streams: { a: test }
events:
  - { exec: a }
  - { run: a, delay: 3s }
  - { url: 'http://h/' }
`,
    lines: [
      "3:7: events[0].exec: unknown; did you mean run?",
      "4:15: events[1].delay: unknown; did you mean after?",
      "5:7: events[2].url: unknown; did you mean post?",
    ],
  },
  {
    title: "a password in a wrong URL",
    text: "streams: { a: { device: test, audio: 'rtsp://admin:hunter2@h/x', www: x }, b: { device: 'rtsp://admin:hunter2@h/x', loop: true } }",
    lines: [
      "1:66: streams.a.www: belongs at the top: all streams share it",
      '1:123: streams.b: loop is only for media files, and "rtsp://…@h/x" is not one',
    ],
  },
];

test.each(wrongFiles)("$title", ({ text, lines }) => {
  expect(faultsOf(text.replace(/^\n/, ""))).toEqual(lines.map((line) => `flvcast.yml:${line}`));
});
