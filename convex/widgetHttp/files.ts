/** Files of messages: taking them from browsers, and giving them back so that nothing in them runs on this origin. */
import { FILE_MAX } from "../../lib/limits";
import { readBytes } from "../../lib/request-body";
import { internal } from "../_generated/api";
import { httpAction } from "../functions";
import { cleanFileName, dispositionOf, typeOf } from "../logic/files";
import { originAllowed } from "../logic/origins";
import { errorResponse, json } from "../rest/responses";
import { ANY_ORIGIN, corsFor, forbiddenOrigin } from "./cors";

const unusable = () =>
  errorResponse(
    {
      status: 404,
      code: "NOT_FOUND",
      message: "This upload address is used up or has expired. Ask for a new one.",
    },
    ANY_ORIGIN,
  );

/**
 * `POST /widget/upload?ticket=&name=`: the bytes of one file. Answers with the id to send it by, and with what it was
 * found to be. A refused file leaves the ticket as it was.
 */
export const upload = httpAction(async (ctx, request) => {
  const parameters = new URL(request.url).searchParams;
  const ticket = parameters.get("ticket") ?? "";
  const permission = await ctx.runQuery(internal.attachments.getTicket, { ticket });
  if (permission === null) return unusable();
  const origin = request.headers.get("Origin");
  if (!originAllowed(permission.allowedOrigins, origin)) return forbiddenOrigin();
  const bytes = await readBytes(request, FILE_MAX);
  if (bytes === null) {
    const message = `The file is larger than ${FILE_MAX / 1024 / 1024} MB. Send a smaller one.`;
    return errorResponse({ status: 413, code: "PAYLOAD_TOO_LARGE", message }, ANY_ORIGIN);
  }
  if (bytes.length === 0) {
    const message = "The file is empty. Choose another one.";
    return errorResponse({ status: 422, code: "VALIDATION", message }, ANY_ORIGIN);
  }
  const type = typeOf(bytes);
  const described = { name: cleanFileName(parameters.get("name") ?? ""), type, size: bytes.length };
  const storageId = await ctx.storage.store(new Blob([bytes], { type }));
  const isKept = await ctx
    .runMutation(internal.attachments.keep, { ticket, file: { storageId, ...described } })
    .catch(async (error: unknown) => {
      await ctx.storage.delete(storageId);
      throw error;
    });
  if (isKept) return json(200, { id: ticket, ...described }, corsFor(permission.allowedOrigins, origin));
  await ctx.storage.delete(storageId);
  return unusable();
});

const FILES = "/widget/files/";

/**
 * `GET /widget/files/<id>`: a file once its message was sent, to whoever has its address. Even opened by itself it is in
 * a sandbox without scripts; an address never gets another content.
 */
export const download = httpAction(async (ctx, request) => {
  const uploadId = new URL(request.url).pathname.slice(FILES.length);
  const file = await ctx.runQuery(internal.attachments.getSent, { uploadId });
  const content = file === null ? null : await ctx.storage.get(file.storageId);
  if (file === null || content === null) {
    return errorResponse({ status: 404, code: "NOT_FOUND", message: "This file does not exist." });
  }
  return new Response(content, {
    headers: {
      "Content-Type": file.type,
      "Content-Disposition": dispositionOf(file),
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "sandbox; default-src 'none'",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Cache-Control": "private, max-age=31536000, immutable",
    },
  });
});
