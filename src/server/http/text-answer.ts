/** An answer whose body is whole, and holds for now only. */
export function textAnswer(body: string, headers: Readonly<Record<string, string>>, status = 200): Response {
  return new Response(body, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(Buffer.byteLength(body)),
      "Cache-Control": "no-store",
      ...headers,
    },
  });
}
