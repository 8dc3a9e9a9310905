import type { Refusal } from "../../lib/errors";
import type { StoredFile } from "./draft-files";

export type UploadResult =
  | { kind: "stored"; file: StoredFile }
  /** Another try may help; `refusal` is null where the server gave no reason. */
  | { kind: "failed"; refusal: Refusal | null };

/** Sends one file. An old-style request, since only that tells how far an upload has come. */
export function postFile(
  url: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadResult> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const cancel = (): void => request.abort();
    request.open("POST", `${url}&name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onloadend = () => {
      signal.removeEventListener("abort", cancel);
      const stored = request.status === 200 ? parseStored(request.responseText) : null;
      resolve(stored === null ? { kind: "failed", refusal: null } : { kind: "stored", file: stored });
    };
    signal.addEventListener("abort", cancel);
    // Without a type of its own the body asks for no permission beforehand.
    request.send(new Blob([file]));
  });
}

function parseStored(answer: string): StoredFile | null {
  try {
    const { id, name, type, size } = JSON.parse(answer) as Partial<Record<keyof StoredFile, unknown>>;
    if (typeof id !== "string" || typeof name !== "string" || typeof type !== "string") return null;
    return { id, name, type, size: Number(size) };
  } catch {
    return null;
  }
}
