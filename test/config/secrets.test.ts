import { describe, expect, test } from "vitest";
import { expand } from "../../src/config/secrets.ts";
import { faultsOf, parse } from "./parsed.ts";

const files: Readonly<Record<string, string>> = {
  "/run/credentials/DOOR": "from-systemd\n",
  "/etc/door": "from-file\r\n",
  "/srv/door": "beside\n\n",
};

function expanded(text: string) {
  return expand(text, {
    env: { DOOR: "from-env", YARD: "$DOOR ${DOOR}", NONE: "", CREDENTIALS_DIRECTORY: "/run/credentials" },
    folder: "/srv",
    readFile: (path) => {
      const found = files[path];
      if (found === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return found;
    },
  });
}

describe("what a reference stands for", () => {
  test.each([
    ["a credential of systemd, before a variable", "x${DOOR}y", "xfrom-systemdy"],
    ["a variable, which is not read again", "${YARD}", "$DOOR ${DOOR}"],
    ["a default", "${NONE:a:b c}-${OTHER:}", "a:b c-"],
    ["a file, without its line end", "${file:/etc/door}", "from-file"],
    ["a file beside the configuration, without one line end", "${file:door}", "beside\n"],
    ["several", "${DOOR}:${YARD:x}", "from-systemd:$DOOR ${DOOR}"],
  ])("%s", (_, text, result) => {
    expect(expanded(text)).toEqual({ text: result, isReferred: true, fault: null });
  });

  test.each([
    ["a $${DOOR}", "a ${DOOR}"],
    ["$DOOR $$ $ {DOOR}", "$DOOR $$ $ {DOOR}"],
  ])("%s is none", (text, result) => {
    expect(expanded(text)).toEqual({ text: result, isReferred: false, fault: null });
  });

  test.each([
    ["$${DOOR} ${", "${ without its }; write $${ for ${ itself"],
    ["${OTHER}", "${OTHER} is not set, and has no default"],
    ["${NONE}", "${NONE} is not set, and has no default"],
    ["${OTHER:-x}", "a default follows the colon: ${OTHER:default}, without -"],
    ["${file:/etc/none}", "cannot read /etc/none (ENOENT)"],
    ["${a b}", "a reference is ${NAME}, ${NAME:default} or ${file:/path}"],
    ["${../DOOR}", "a reference is ${NAME}, ${NAME:default} or ${file:/path}"],
    ["${}", "a reference is ${NAME}, ${NAME:default} or ${file:/path}"],
  ])("%s", (text, fault) => {
    expect(expanded(text)).toEqual({ fault });
  });
});

test("what a reference comes to is never YAML", () => {
  const env = { TOKEN: "abcdefgh\nport: 1 # x" };
  expect(faultsOf("token: ${TOKEN}\nstreams: { a: test }", { env })).toEqual([
    "flvcast.yml:1:8: token: has characters that a URL would escape: use A-Z a-z 0-9 - . _ ~",
  ]);
  expect(faultsOf("${TOKEN}: 1\nstreams: { a: test }", { env })).toEqual([
    "flvcast.yml:1:1: ${TOKEN}: unknown",
  ]);
});

test("no message has what a reference came to", () => {
  const env = { SECRET: "hunter22" };
  const text = `
host: http://\${SECRET}/
token: \${SECRET:other}!
streams:
  a:
    device: \${SECRET}
    size: \${SECRET}
    demuxer: \${SECRET}/
    loop: \${SECRET}
    encoder: \${SECRET}
  b: { device: "rtsp://admin:\${SECRET}@h/x", loop: true, fps: "\${SECRET:hunter22}" }
  c: { device: "test", loop: true }
  d: { device: "\${SECRET}", encoder: "\${SECRET}" }
  e: { device: "rtsp://admin:\${SECRET}@h/x", input-format: mjpeg }
events:
  - { post: "ftp://\${SECRET}/", secret: "\${SECRET}" }
  - { run: [a], on: "\${SECRET}" }
`;
  const lines = faultsOf(text, { env });
  expect(lines).toHaveLength(13);
  expect(lines.join("\n")).not.toMatch(/hunter22|admin/);
  expect(lines.join("\n")).toContain('streams.d.encoder: unknown encoder "${SECRET}"');
});

test("references are numbers and switches, too", () => {
  const env = { PORT: "9000", COPY: "no" };
  const { settings } = parse('port: ${PORT}\nstreams: { a: { device: test, copy: "${COPY}" } }', { env });
  expect(settings).toMatchObject({
    server: { port: 9000 },
    streams: [{ channel: { video: { copy: false } } }],
  });
});
