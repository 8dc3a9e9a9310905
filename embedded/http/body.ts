/** Reading request bodies: never more than the limit, compressed ones only where the route says so. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { ApiError } from "./api";
import type { BodyShare } from "./body-budget";

/** The client went away while it was sending. */
export class ClientGone extends Error {
  override name = "ClientGone";
}

/** How long the rest of a refused body is read and thrown away, so that its sender sees the answer; ms. */
const DISCARD_MS = 10_000;
const DISCARD_IDLE_MS = 1_000;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const decompressors = { br: promisify(brotliDecompress), gzip: promisify(gunzip) };

export async function readBody(
  request: IncomingMessage,
  limit: number,
  compressed: boolean,
  share: BodyShare,
): Promise<Uint8Array> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return collect(request, limit, share);
  if (!compressed || (encoding !== "br" && encoding !== "gzip")) {
    throw new ApiError(415, "UnsupportedEncoding", `Content-Encoding ${encoding} is not supported here.`);
  }
  const packed = await collect(request, limit, share);
  try {
    const body = await decompressors[encoding](packed, { maxOutputLength: limit });
    share.take(body.byteLength);
    return body;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, "BadJsonBody", `The ${encoding} body is damaged or larger than ${limit} bytes.`);
  }
}

/** A body must say that it is JSON: a form on another site cannot send this header without asking first. */
export function requireJson(request: IncomingMessage): void {
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) return;
  throw new ApiError(400, "BadJsonBody", "Expected request with `Content-Type: application/json`");
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError(400, "BadJsonBody", `Failed to parse the request body as JSON: ${why}`);
  }
}

/** Reads on past the limit only as far as the piece that crosses it; the rest stays in the socket. */
function collect(request: IncomingMessage, limit: number, share: BodyShare): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      reject(new ApiError(400, "BadJsonBody", `The request body is larger than ${limit} bytes.`));
    if (Number(request.headers["content-length"] ?? 0) > limit) return tooLarge();
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      try {
        share.take(chunk.length);
        if (size <= limit) return;
        tooLarge();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      request.off("data", onData).pause();
      chunks.length = 0;
    };
    const onGone = () => reject(new ClientGone("The client went away while it was sending."));
    if (request.destroyed) return onGone();
    request.on("data", onData).once("error", onGone).once("close", onGone);
    request.once("end", () => {
      // What closes after its end has not gone away; an error made for each request would cost more than reading it.
      request.off("close", onGone);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    });
  });
}

/** Lets a refused sender finish, within bounds. Resolves when it has, when it stands still, or when the time is over. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, DISCARD_MS);
    const idle = setTimeout(resolve, DISCARD_IDLE_MS);
    const done = () => {
      clearTimeout(late);
      clearTimeout(idle);
      resolve();
    };
    request.once("close", done).once("end", done).once("error", done);
    request.on("data", () => idle.refresh());
    request.resume();
  });
}
