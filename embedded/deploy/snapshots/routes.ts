/** The routes by which the CLI exports and imports. */
import * as z from "zod";
import { ApiError, empty, json, type ApiRequest, type Route, type StreamedResponse } from "../../http/api";
import type { FileStore } from "../../storage/file-store";
import { parsedBody } from "../admin-route";
import type { Exports } from "./exports";
import type { Imports } from "./imports";

export type SnapshotRoutesOptions = {
  exports: Exports;
  imports: Imports;
  /** Where the ZIP files of exports lie. */
  archives: FileStore;
  instanceName: string;
};

const MAX_SMALL_BODY_BYTES = 1024 * 1024;
/** An export never changes under its address. */
const MAX_AGE_S = 30 * 24 * 60 * 60;

const importRequest = z.object({
  tableName: z.string().nullish(),
  componentPath: z.string().nullish(),
  format: z.enum(["csv", "jsonLines", "jsonArray", "zip"]),
  mode: z.enum(["append", "replace", "replaceAll", "requireEmpty"]).default("requireEmpty"),
});
export type ImportRequest = z.infer<typeof importRequest>;

const finishUpload = z.object({
  import: importRequest,
  uploadToken: z.string(),
  partTokens: z.array(z.string()),
});
const importNamed = z.object({ importId: z.string() });

export function snapshotRoutes({ exports, imports, archives, instanceName }: SnapshotRoutesOptions): Route[] {
  const route = (method: string, path: string | RegExp, handle: Route["handle"]): Route => ({
    method,
    path,
    admin: "header",
    maxBody: MAX_SMALL_BODY_BYTES,
    handle,
  });
  return [
    route("POST", "/api/export/request/zip", async ({ url }) => {
      if ((url.searchParams.get("component") ?? "") !== "") {
        throw new ApiError(
          400,
          "BadQueryArgs",
          "An export is of the whole deployment: `component` cannot be given.",
        );
      }
      await exports.request(url.searchParams.get("includeStorage") === "true");
      return empty();
    }),
    route("GET", /^\/api\/export\/zip\/([^/]+)$/, (request) =>
      Promise.resolve(download(request, exports, archives, instanceName)),
    ),
    route("POST", "/api/import/start_upload", () =>
      Promise.resolve(json({ uploadToken: imports.startUpload() })),
    ),
    route("POST", "/api/import/upload_part", async (request) => json(await uploadPart(request, imports))),
    route("POST", "/api/import/finish_upload", async (request) => {
      const body = await parsedBody(request, (value) => finishUpload.parse(value));
      const importId = await imports.finishUpload(body.uploadToken, body.partTokens, body.import);
      return json({ importId });
    }),
    route("POST", "/api/perform_import", async (request) => {
      const { importId } = await parsedBody(request, (value) => importNamed.parse(value));
      await imports.perform(importId);
      return empty();
    }),
    route("POST", "/api/cancel_import", async (request) => {
      const { importId } = await parsedBody(request, (value) => importNamed.parse(value));
      await imports.cancel(importId);
      return empty();
    }),
  ];
}

function download(
  { params }: ApiRequest,
  exports: Exports,
  archives: FileStore,
  instanceName: string,
): StreamedResponse {
  const file = exports.find(params[0] ?? "");
  if (file === null) throw new ApiError(404, "ExportNotFound", `There is no export ${params[0]}.`);
  return {
    status: 200,
    headers: {
      "Content-Type": "application/zip",
      "Content-Disposition": `attachment; filename=snapshot_${instanceName}_${file.startTs}.zip`,
      "Cache-Control": `private, max-age=${MAX_AGE_S}`,
    },
    length: file.size,
    open: () => archives.read(file.key),
  };
}

function uploadPart(request: ApiRequest, imports: Imports): Promise<string> {
  const { searchParams } = request.url;
  const token = searchParams.get("uploadToken") ?? "";
  const part = Number(searchParams.get("partNumber") ?? "");
  if (!Number.isInteger(part) || part < 1 || part > 9_999) {
    throw new ApiError(400, "BadQueryArgs", "`partNumber` must be a number from 1 to 9999.");
  }
  return imports.uploadPart(token, part, request.stream());
}
