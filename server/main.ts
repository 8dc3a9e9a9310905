/** Entry point of the web server: our own small Node server that runs Next inside, started by `npm start`. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import path from "node:path";
import next from "next";
import { parseTrustedProxies } from "./forwarded";
import { listeningUrl, readSettings } from "./settings";
import { createWebServer } from "./web-server";
import { WidgetFiles } from "./widget-files";

/** How long requests under way may take to finish once a stop was asked for. */
const STOP_GRACE_MS = 3_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  let pages: ReturnType<ReturnType<typeof next>["getRequestHandler"]> | null = null;
  const server = createWebServer({
    ...settings,
    trusted: parseTrustedProxies(settings.trustedProxies),
    widget: new WidgetFiles(path.resolve("dist/widget"), settings.siteUrl),
    onError: (error) => process.stderr.write(`${text(error)}\n`),
    pages: () => pages,
  });

  // The port first: it is what most often refuses, and with port 0 the address follows from it.
  server.listen(settings.port, settings.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = settings.webUrl ?? listeningUrl(settings.host, port);
  process.env.PRAXTALK_WEB_URL = url;

  const app = next({ dev: settings.dev, dir: process.cwd(), hostname: settings.host, port });
  await app.prepare();
  pages = app.getRequestHandler();
  process.stdout.write(
    `ready ${JSON.stringify({ web: url, listening: listeningUrl(settings.host, port) })}\n`,
  );

  const stop = () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), STOP_GRACE_MS).unref();
  };
  for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.once(event, stop);
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const where = `${process.env.HOST ?? "127.0.0.1"}:${process.env.PORT ?? 3000}`;
  if (isTaken)
    process.stderr.write(`Port taken: something else listens on ${where}. Set PORT to another one.\n`);
  else process.stderr.write(`${text(error)}\n`);
  process.exit(1);
});
