import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { findProgram, mustRun, run } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { until } from "./processes.ts";
import { start, stopAll } from "./program.ts";
import { adapted, recipeBlocks } from "./recipes.ts";
import { freePort, serveHttp, withBody } from "./servers.ts";

const folder = makeFolder();
const [ntfy = "", useNtfy = "", mqttJson = "", mqtt = "", webhook = ""] = recipeBlocks("events", "sh");
afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** What a recipe gives to `--on-event`. */
function commandIn(block: string): string {
  const [, quoted, word] = /--on-event (?:'([^']*)'|(\S+))$/m.exec(block) ?? [];
  return quoted ?? word ?? "";
}

/** A stream that goes up, and down again. */
async function upAndDown(command: string): Promise<void> {
  const small = ["garden=test", "--audio", "none", "--size", "320x240"];
  const program = start([...small, "--on-event", command]);
  await program.firstLine();
  expect(await program.stop()).toMatchObject({ exitCode: 0, stderr: "" });
}

function script(name: string, block: string, replacements: Readonly<Record<string, string>>): string {
  const path = folder.file(name);
  writeFileSync(path, adapted(block, replacements), { mode: 0o755 });
  return path;
}

interface Got {
  readonly url: string | undefined;
  readonly title: unknown;
  readonly priority: unknown;
  readonly body: string;
}

/** A web server, and what it got. */
async function webServer() {
  const got: Got[] = [];
  const answer = withBody((body, { url, headers: { title, priority } }, response) => {
    got.push({ url, title, priority, body });
    response.end("{}");
  });
  const server = await serveHttp(answer);
  onTestFinished(() => server.stop());
  return { got, port: server.port };
}

describe.skipIf(findProgram("curl") === null)("with curl", () => {
  it("ntfy gets a title, a priority and a sentence", async () => {
    const { got, port } = await webServer();
    const path = script("camera-ntfy", ntfy, { "https://ntfy.sh/": `http://127.0.0.1:${port}/` });
    expect(commandIn(useNtfy)).toBe("/usr/local/bin/camera-ntfy");
    await upAndDown(path);
    const url = "/my-secret-topic";
    expect(got).toEqual([
      { url, title: "garden", priority: "default", body: '"garden" is up' },
      { url, title: "garden", priority: "high", body: '"garden" has ended' },
    ]);
  });

  it("Home Assistant's webhook gets every event", async () => {
    const { got, port } = await webServer();
    await upAndDown(adapted(commandIn(webhook), { "homeassistant.local:8123": `127.0.0.1:${port}` }));
    const [yaml = ""] = recipeBlocks("events", "yaml").slice(1);
    const id = /webhook_id: (\S+)/.exec(yaml)?.[1];
    expect(got.map(({ url, body }) => [url, (JSON.parse(body) as { event: string }).event])).toEqual([
      [`/api/webhook/${id}`, "stream-up"],
      [`/api/webhook/${id}`, "stream-down"],
    ]);
  });
});

const broker = findProgram("mosquitto");
const publisherPath = findProgram("mosquitto_pub") ?? "";
const subscriberPath = findProgram("mosquitto_sub") ?? "";
if (broker === null) process.stderr.write("left out: the recipes for MQTT: mosquitto is not installed\n");

/** A broker, and a subscriber of a topic that hears from now on. */
async function subscribed(topic: string) {
  const port = await freePort();
  const config = folder.file(`mosquitto-${port}.conf`);
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
  const server = spawn(broker ?? "mosquitto", ["-c", config, "-v"], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void server.kill());
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (piece: string) => (log += piece));
  const address = ["-h", "127.0.0.1", "-p", String(port)];
  const isThere = async () => (await run([publisherPath, ...address, "-t", "anything", "-n"])).exitCode === 0;
  await until("the broker is there", isThere, 60_000);
  const subscriber = spawn(subscriberPath, [...address, "-t", topic]);
  onTestFinished(() => void subscriber.kill());
  let said = "";
  subscriber.stdout.setEncoding("utf8").on("data", (piece: string) => (said += piece));
  await until("it has subscribed", () => log.includes("Sending SUBACK"), 60_000);
  return { port, address, said: () => said };
}

describe.skipIf(broker === null)("with mosquitto", () => {
  it("the broker gets every event as JSON", async () => {
    const { port, said } = await subscribed("flvcast/garden/event");
    await upAndDown(adapted(commandIn(mqttJson), { "broker.lan": `127.0.0.1 -p ${port}` }));
    const events = () =>
      said()
        .split("\n")
        .filter((line) => line.startsWith("{"));
    await until("both are there", () => events().length === 2, 60_000);
    expect(events().map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      "stream-up",
      "stream-down",
    ]);
  });

  it("the broker keeps whether the camera works, for whoever subscribes later", async () => {
    const [yaml = ""] = recipeBlocks("events", "yaml");
    const topic = /state_topic: (\S+)/.exec(yaml)?.[1] ?? "";
    const { port, address, said } = await subscribed(topic);
    await upAndDown(script("camera-mqtt", mqtt, { "broker.lan": `127.0.0.1 -p ${port}` }));
    await until("both are there", () => /^online$.*^offline$/ms.test(said()), 60_000);
    expect(await mustRun([subscriberPath, ...address, "-t", topic, "-C", "1"])).toMatchObject({
      stdout: "offline\n",
    });
  });
});
