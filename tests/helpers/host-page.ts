import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves one plain HTML document from an origin of its own, as a customer's site would carry the widget. */
export async function serveHostPage(
  body: string,
  headers: Record<string, string> = {},
): Promise<{ url: string; close(): Promise<void> }> {
  const html = `<!doctype html>\n<html lang="en"><head><title>A shop</title></head><body>${body}</body></html>`;
  const server = createServer((request, response) => {
    if (request.url === "/")
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers }).end(html);
    // Browsers ask for an icon by themselves; a missing one would be a line in the console that tests listen to.
    else response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
