import { describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { mistypedUrls, secretsIn, secretUrls } from "../devices/secret-urls.ts";
import { FakeIo } from "./fake-io.ts";

/** Wherever a URL may be pasted by mistake; nothing is started by it. */
const commandLines: readonly ((url: string) => readonly string[])[] = [
  (url) => [url],
  (url) => [`--${url}`],
  (url) => ["help", url],
  (url) => ["completion", url],
  ...["devices", "encoders", "doctor", "snapshot"].map((command) => (url: string) => [command, url]),
  ...["status", "stop", "restart", "logs", "url"].map((command) => (url: string) => [command, url]),
  (url) => ["stop", "garden", url],
  (url) => ["ensure", "cam0", url],
  (url) => ["start", "cam0", url, "--detach"],
  (url) => ["start", url, "--dry-run", "--detach"],
  (url) => ["start", `garden=${url}`, "--dry-run", "--detach"],
  (url) => ["start", `garden=${url}`, "--name", url],
  (url) => ["start", `--${url}`],
  (url) => ["start", `--devise=${url}`],
  (url) => ["start", "--device", url, "--device", url],
  (url) => ["start", "--device", url, "--loop", "--input-format", "mjpeg", "--dry-run", "--detach"],
  ...[
    "name",
    "fps",
    "size",
    "port",
    "host",
    "encoder",
    "cors",
    "public-host",
    "trusted-proxy",
    "log-format",
  ].map((flag) => (url: string) => ["start", "--device", "test", `--${flag}`, url]),
  (url) => ["devices", "--pin", `garden=${url}`, "--unpin", url],
  (url) => ["service", url],
  (url) => ["service", "uninstall", "--name", url],
  (url) => ["service", "print", "--", "--device", "-", "--audio", url],
  (url) => ["check", "a", url],
  (url) => ["check", "a", "--seconds", url],
];

/** Options that name a file; messages show that. */
const pathOptions = ["www", "tls-cert", "tls-key", "token-file", "ffmpeg"];

async function run(argv: readonly string[]) {
  const io = new FakeIo();
  const code = await main(argv, {}, io.asIo);
  return { code, said: io.stdout.text + io.stderr.text };
}

describe("no message about a command line has a secret of its", () => {
  it.each([...secretUrls, ...mistypedUrls])("$url", async (one) => {
    for (const argv of commandLines.map((make) => make(one.url))) {
      const { code, said } = await run(argv);
      const wanted = argv.length === 2 && argv[0] === "devices" ? 10 : 2; // a device's name, which is looked for
      expect([argv, code, secretsIn(said, one)]).toEqual([argv, wanted, []]);
    }
  });

  it.each(secretUrls)("$url, given as a path", async (one) => {
    const lines = pathOptions.map((flag) => ["start", "--device", "test", `--${flag}`, one.url]);
    for (const argv of [...lines, ["snapshot", "--output", one.url]]) {
      const { code, said } = await run(argv);
      expect([argv, code, secretsIn(said, one)]).toEqual([argv, 2, []]);
      expect(said).toContain(" is a URL: use a path");
    }
  });

  it.each(mistypedUrls)("$url, given as a file to check", async (one) => {
    const { code, said } = await run(["check", one.url, "--seconds", "1"]);
    expect([code === 2 || code === 4, secretsIn(said, one)]).toEqual([true, []]);
  });
});
