/** Upload URLs and file URLs: bodies pass through, whatever their size. */
import { randomUUID } from "node:crypto";
import { DatabaseError } from "../engine/errors";
import type { Committer } from "../engine/committer";
import { findFile, insertFile, isUuid, type FileRow } from "../runtime/file-rows";
import { verifyUploadToken, type UploadTokenFault } from "../runtime/upload-token";
import type { FileStore } from "../storage/file-store";
import { ApiError, json, type ApiRequest, type ApiResponse, type Route, type StreamedResponse } from "./api";
import { fileResponse } from "./file-response";

export type StorageRoutesOptions = {
  committer: Committer;
  files: FileStore;
  /** Largest file that is taken, bytes; null: none is too large. */
  maxFileBytes: number | null;
  /** Unix ms. */
  now: () => number;
};

const TOKEN_FAULTS: Record<UploadTokenFault, string> = {
  StorageTokenInvalid: "The upload URL has no valid token.",
  InvalidStorageToken: "The upload URL was not made by this deployment.",
  StorageTokenExpired: "The upload URL has expired; make a new one.",
};
const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:"[^"\r\n]*"|[^\s";]+))*\s*;?$/;

export function storageRoutes(options: StorageRoutesOptions): Route[] {
  const route = (method: string, path: string | RegExp, handle: Route["handle"]): Route => ({
    method,
    path,
    admin: "none",
    maxBody: 0,
    handle,
  });
  return [
    route("POST", "/api/storage/upload", (request) => upload(request, options)),
    route("GET", /^\/api\/storage\/([^/]+)$/, (request) => serve(request, options)),
  ];
}

async function upload(
  request: ApiRequest,
  { committer, files, maxFileBytes, now }: StorageRoutesOptions,
): Promise<ApiResponse> {
  const token = request.url.searchParams.get("token");
  if (token === null) throw new ApiError(400, "BadQueryArgs", "The parameter `token` is needed.");
  const verified = verifyUploadToken(committer.catalog.uploadKey, token, now());
  if ("fault" in verified) throw new ApiError(401, verified.fault, TOKEN_FAULTS[verified.fault]);
  const contentType = contentTypeOf(request);
  const file = await files.receive(request.stream(), {
    sha256: digestOf(request),
    ...(maxFileBytes === null ? {} : { maxBytes: maxFileBytes }),
  });
  const { component } = verified;
  const body = (tx: Parameters<typeof insertFile>[0]) => insertFile(tx, file, randomUUID(), contentType);
  try {
    return json({ storageId: (await committer.execute(body, { component })).value });
  } catch (error) {
    await files.remove(file.key);
    throw error;
  }
}

function serve(
  request: ApiRequest,
  { committer, files }: StorageRoutesOptions,
): Promise<ApiResponse | StreamedResponse> {
  const uuid = request.params[0] ?? "";
  if (!isUuid(uuid)) {
    throw new ApiError(
      400,
      "InvalidStoragePath",
      `Invalid storage path: "${uuid}". Please use \`storage.getUrl()\` to generate a valid URL to retrieve files. ` +
        "See https://docs.convex.dev/file-storage/serve-files for more details",
    );
  }
  const file = find(committer, uuid, request.url.searchParams.get("component") ?? "");
  if (file === null) throw new ApiError(404, "FileNotFound", `File ${uuid} not found`);
  return Promise.resolve(fileResponse(file, files, request.headers.range));
}

/** A component that there is not has no files. */
function find(committer: Committer, uuid: string, component: string): FileRow | null {
  try {
    return committer.read((tx) => findFile(tx, uuid), { component });
  } catch (error) {
    if (error instanceof DatabaseError) return null;
    throw error;
  }
}

function contentTypeOf({ headers }: ApiRequest): string | null {
  const contentType = headers["content-type"];
  if (contentType === undefined) return null;
  if (CONTENT_TYPE.test(contentType)) return contentType;
  throw new ApiError(400, "BadHeader", "Bad header for content-type: it names no media type");
}

/** SHA-256 that the sender says the body has, base64. */
function digestOf({ headers }: ApiRequest): string | null {
  const header = headers["digest"];
  if (header === undefined) return null;
  const digest = /^sha-256=([A-Za-z0-9+/]{43}=)$/i.exec(String(header))?.[1];
  if (digest !== undefined) return digest;
  throw new ApiError(400, "BadHeader", "Bad header for digest: expected sha-256=<base64>");
}
