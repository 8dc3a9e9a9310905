import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { WIDGET_PREVIEW_PATH } from "../lib/widget-preview";

/** Stands in the built loader and in integrity.json for the address that it loads its configuration from. */
export const SITE_URL_PLACEHOLDER = "__PRAXTALK_SITE_URL__";

const PANEL_PATH = /^\/(panel-[A-Za-z0-9_-]+\.js)$/;
/** As the build names them: `panel-<hash>.js`, and `panel-<language>-<hash>.js`. */
const HASHED_PANEL = /^panel-([a-z]{2}-)?[A-Z0-9]{8}\.js$/;
/** Loader and panel in one file, whose integrity a page's tag states. */
const WHOLE_PATH = /^\/widget\/([0-9a-f]{32}\.js)$/;
const IMMUTABLE = "public, max-age=31536000, immutable";
const compressors = { br: promisify(brotliCompress), gzip: promisify(gzip) };
type Encoding = keyof typeof compressors | "identity";

type WidgetFile = { fileName: string; cacheControl: string };

/** Which widget file a path names, if any. The loader may change with each release; a panel's name holds its hash. */
export function widgetFile(pathname: string): WidgetFile | null {
  if (pathname === "/widget.js") return { fileName: "widget.js", cacheControl: "public, max-age=300" };
  // Asked for again each time: a dashboard and the preview that it draws are of one release.
  if (pathname === WIDGET_PREVIEW_PATH) return { fileName: "widget-preview.js", cacheControl: "no-cache" };
  if (pathname === "/widget/integrity.json") return { fileName: "integrity.json", cacheControl: "no-cache" };
  const whole = WHOLE_PATH.exec(pathname)?.[1];
  // A proxy that rewrote it, to shorten it say, would break its integrity.
  if (whole) return { fileName: whole, cacheControl: `${IMMUTABLE}, no-transform` };
  const panel = PANEL_PATH.exec(pathname)?.[1];
  return panel ? { fileName: panel, cacheControl: IMMUTABLE } : null;
}

/** The best encoding that the request accepts and that we make. A refusal by `;q=0` is respected. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  const accepted = (acceptEncoding ?? "").split(",").flatMap((entry) => {
    const [name = "", ...parameters] = entry.trim().toLowerCase().split(";");
    return parameters.some((parameter) => /^\s*q=0(?:\.0*)?\s*$/.test(parameter)) ? [] : name.trim();
  });
  if (accepted.includes("br")) return "br";
  return accepted.includes("gzip") ? "gzip" : "identity";
}

/** Serves the built widget to any origin. Holds each file once per encoding, until the file changes on disk. */
export class WidgetFiles {
  readonly #folder: string;
  readonly #siteUrl: string;
  readonly #held = new Map<string, { mtimeMs: number; body: Buffer; etag: string }>();

  constructor(folder: string, siteUrl: string) {
    this.#folder = folder;
    this.#siteUrl = siteUrl;
  }

  async serve(file: WidgetFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
      return;
    }
    const encoding = chooseEncoding(request.headers["accept-encoding"]);
    const held = await this.#read(file.fileName, encoding);
    const successor = held === null ? await this.#successor(file.fileName) : null;
    if (successor !== null) {
      response.setHeader("Content-Type", "text/javascript; charset=utf-8");
      response.setHeader("Cache-Control", "no-store");
      response.writeHead(200).end(request.method === "HEAD" ? undefined : successor);
      return;
    }
    if (held === null) {
      response
        .writeHead(404, { "Content-Type": "text/plain", "Cache-Control": "no-store" })
        .end("Not found\n");
      return;
    }
    const type = file.fileName.endsWith(".json") ? "application/json" : "text/javascript";
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.setHeader("Cache-Control", file.cacheControl);
    response.setHeader("Vary", "Accept-Encoding");
    response.setHeader("ETag", held.etag);
    if (request.headers["if-none-match"]?.includes(held.etag)) {
      response.writeHead(304).end();
      return;
    }
    if (encoding !== "identity") response.setHeader("Content-Encoding", encoding);
    response.writeHead(200, { "Content-Length": held.body.length });
    response.end(request.method === "HEAD" ? undefined : held.body);
  }

  /**
   * A page that has been open for longer than its release's panel is kept asks for that one at its visitor's first click,
   * and each further one: it gets a module that passes on what the current release has in its place.
   */
  async #successor(fileName: string): Promise<string | null> {
    const hashed = HASHED_PANEL.exec(fileName);
    const loader = hashed && (await this.#read("widget.js", "identity"));
    if (!loader) return null;
    const language = hashed[1] ?? "";
    const current = new RegExp(`\\bpanel-${language}[A-Z0-9]{8}\\.js`).exec(loader.body.toString())?.[0];
    if (current === undefined || current === fileName) return null;
    return `export ${language === "" ? "*" : "{ default }"} from "./${current}";\n`;
  }

  async #read(fileName: string, encoding: Encoding) {
    const file = path.join(this.#folder, fileName);
    const mtimeMs = await stat(file).then(
      (found) => found.mtimeMs,
      () => null,
    );
    if (mtimeMs === null) return null;
    const key = `${fileName} ${encoding}`;
    const held = this.#held.get(key);
    if (held?.mtimeMs === mtimeMs) return held;
    const text = (await readFile(file, "utf8")).replaceAll(SITE_URL_PLACEHOLDER, this.#siteUrl);
    const body = encoding === "identity" ? Buffer.from(text) : await compressors[encoding](text);
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const fresh = { mtimeMs, body, etag };
    this.#held.set(key, fresh);
    return fresh;
  }
}
