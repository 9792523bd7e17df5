import { get, type IncomingHttpHeaders } from "node:http";

/** How a request was answered. */
export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of a stream, nothing. */
  readonly body: string;
}

interface Question {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly host?: string;
  /** Where the connection comes from. */
  readonly localAddress?: string;
}

/** Asks once, over a connection of its own. A stream's answer is its head. */
export async function ask({ host = "127.0.0.1", ...question }: Question): Promise<Asked> {
  return await new Promise((resolve, reject) => {
    const request = get({ host, agent: false, ...question }, (response) => {
      const answer = { status: response.statusCode ?? 0, headers: response.headers };
      if (answer.status === 200) {
        response.destroy();
        return resolve({ ...answer, body: "" });
      }
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ ...answer, body }));
    });
    request.on("error", reject);
  });
}
