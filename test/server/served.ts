import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { Hub } from "../../src/outputs/live/hub.ts";
import type { HubLimits } from "../../src/outputs/live/limits.ts";
import { HttpServer, type HttpServerOptions } from "../../src/server/server.ts";
import { send, videoHub } from "../outputs/live/fakes.ts";
import { openGate } from "./open-gate.ts";
import { RawClient } from "./raw-client.ts";

export const OPENING = "metadata@0 video-config@0 audio-config@0 key@0";

const read = (name: string) => readFileSync(`test/fixtures/tls/${name}`, "latin1");
export const keyPair = { cert: read("cert.pem"), key: read("key.pem") };
export const otherKeyPair = { cert: read("other-cert.pem"), key: read("other-key.pem") };

/** The ways to one and the same set of rules. */
export const ways = [
  { way: "plain", isTls: false },
  { way: "TLS", isTls: true },
] as const;

/** A server with one hub that can be watched, and those who ask. */
export class Served {
  readonly hub: Hub;
  readonly server: HttpServer;
  readonly isTls: boolean;
  readonly #clients: RawClient[] = [];
  port = 0;

  private constructor(isTls: boolean, options: HttpServerOptions, hub: Hub) {
    this.isTls = isTls;
    this.hub = hub;
    this.server = new HttpServer({
      hubs: [hub],
      gate: openGate,
      keyPair: isTls ? keyPair : null,
      ...options,
    });
  }

  static async start(
    isTls: boolean,
    options: HttpServerOptions = {},
    { isReady = true, ...limits }: Partial<HubLimits> & { readonly isReady?: boolean } = {},
  ): Promise<Served> {
    const hub = videoHub(limits);
    if (isReady) send(hub, OPENING);
    const served = new Served(isTls, options, hub);
    served.port = await served.server.listen("127.0.0.1", 0);
    return served;
  }

  request(text: string | Buffer): RawClient {
    const client = new RawClient(this, text);
    this.#clients.push(client);
    return client;
  }

  get(path: string, headers = "", version = "1.1"): RawClient {
    return this.request(`GET ${path} HTTP/${version}\r\nHost: localhost\r\n${headers}\r\n`);
  }

  async stop(): Promise<void> {
    this.hub.end();
    for (const client of this.#clients.splice(0)) client.socket.destroy();
    await this.server.close(100);
  }
}

/** The FLV header, and the settings with a key frame. */
export function hasOpening(client: RawClient): boolean {
  return client.chunks.length >= 2;
}

/** The name in the certificate that a server shows. */
export async function nameAt(port: number): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    }).on("error", reject);
  });
}
