/** Reading request bodies: never more than the limit, compressed ones only where the route says so. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { ApiError } from "./api";

/** The client went away while it was sending. */
export class ClientGone extends Error {
  override name = "ClientGone";
}

/** How long the rest of a refused body is read and thrown away, so that its sender sees the answer; ms. */
const DISCARD_MS = 10_000;

const decompressors = { br: promisify(brotliDecompress), gzip: promisify(gunzip) };

export async function readBody(
  request: IncomingMessage,
  limit: number,
  compressed: boolean,
): Promise<Uint8Array> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return collect(request, limit);
  if (!compressed || (encoding !== "br" && encoding !== "gzip")) {
    throw new ApiError(415, "UnsupportedEncoding", `Content-Encoding ${encoding} is not supported here.`);
  }
  const packed = await collect(request, limit);
  try {
    return await decompressors[encoding](packed, { maxOutputLength: limit });
  } catch {
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
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError(400, "BadJsonBody", `Failed to parse the request body as JSON: ${why}`);
  }
}

async function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    if (announced <= limit) {
      // The socket must outlive a body that is too large: the refusal goes through it.
      const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > limit) break;
        chunks.push(chunk);
      }
    }
  } catch {
    throw new ClientGone("The client went away while it was sending.");
  }
  if (announced <= limit && size <= limit) return Buffer.concat(chunks, size);
  throw new ApiError(400, "BadJsonBody", `The request body is larger than ${limit} bytes.`);
}

/** Lets a refused sender finish, within bounds. Resolves when it has, or when the time is over. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DISCARD_MS);
    request.once("close", resolve).once("end", resolve).once("error", resolve);
    request.once("close", () => clearTimeout(timer)).once("end", () => clearTimeout(timer));
    request.resume();
  });
}
