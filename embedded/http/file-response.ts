/**
 * How a stored file is served. Its sender chose its content, and it comes from the origin of the API: so nothing in it may
 * run there.
 */
import type { FileRow } from "../runtime/file-rows";
import type { ByteRange, FileStore } from "../storage/file-store";
import type { ApiResponse, StreamedResponse } from "./api";

/** What is stored under one URL never changes. */
const MAX_AGE_S = 30 * 24 * 60 * 60;
/** Types that a browser shows without running anything in them. All others it saves, when a person opens the URL itself. */
const SHOWN =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain|application\/pdf)$/;
const PDF = "application/pdf";
const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** `range`: the request's header. */
export function fileResponse(
  file: FileRow,
  files: FileStore,
  range: string | undefined,
): ApiResponse | StreamedResponse {
  const { size, storageKey } = file;
  const wanted = range === undefined ? "whole" : parseRange(range, size);
  if (wanted === "unsatisfiable") return { status: 416, headers: { "Content-Range": `bytes */${size}` } };
  if (wanted === "several") return { status: 416 };
  const headers = fileHeaders(file);
  if (wanted === "whole") {
    const digest = { Digest: `sha-256=${file.sha256}` };
    return {
      status: 200,
      headers: { ...headers, ...digest },
      length: size,
      open: () => files.read(storageKey),
    };
  }
  const { start, end } = wanted;
  return {
    status: 206,
    headers: { ...headers, "Content-Range": `bytes ${start}-${end}/${size}` },
    length: end - start + 1,
    open: () => files.read(storageKey, wanted),
  };
}

function fileHeaders({ contentType = "application/octet-stream" }: FileRow): Record<string, string> {
  const type = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  return {
    "Content-Type": contentType,
    "Cache-Control": `private, max-age=${MAX_AGE_S}`,
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": SHOWN.test(type) ? "inline" : "attachment",
    // A sandboxed page has no viewer for PDF; that viewer runs nothing in the file's origin.
    ...(type === PDF ? {} : { "Content-Security-Policy": SANDBOX }),
  };
}

/** `whole` also for a header that is no range of bytes: such are to be ignored. */
export function parseRange(header: string, size: number): ByteRange | "whole" | "several" | "unsatisfiable" {
  const ranges = /^bytes\s*=\s*(.*)$/i.exec(header)?.[1]?.split(",");
  if (ranges === undefined) return "whole";
  if (ranges.length > 1) return "several";
  const match = /^\s*(\d{0,15})-(\d{0,15})\s*$/.exec(ranges[0] ?? "");
  const [first = "", last = ""] = match?.slice(1) ?? [];
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return "whole";
  return start >= size ? "unsatisfiable" : { start, end };
}
