/** A file as a message carries it. `url` is null until the message is with the server. */
export type Attachment = { name: string; type: string; size: number; url: string | null };

/** A file that the server has, by the id that a message names it by. */
export type StoredFile = { id: string; name: string; type: string; size: number };

export type UploadStatus =
  | { status: "uploading"; /** From 0 to 1. */ share: number }
  | { status: "stored"; id: string; type: string }
  | { status: "failed"; reason: string; canRetry: boolean };

/** A file that goes with the next message. `key` names it in this page only. */
export type DraftFile = { key: string; name: string; size: number } & UploadStatus;

export type DraftFileEvent =
  | { type: "filesAdded"; files: readonly DraftFile[] }
  | { type: "fileChanged"; key: string; change: UploadStatus }
  | { type: "fileRemoved"; key: string };

export function reduceFiles(files: readonly DraftFile[], event: DraftFileEvent): readonly DraftFile[] {
  switch (event.type) {
    case "filesAdded":
      return [...files, ...event.files];
    case "fileChanged":
      return files.map((file) => {
        const { key, name, size } = file;
        return key === event.key ? { key, name, size, ...event.change } : file;
      });
    case "fileRemoved":
      return files.filter(({ key }) => key !== event.key);
    default:
      return event satisfies never;
  }
}

/** Those that can go with a message. */
export function storedFiles(files: readonly DraftFile[]): StoredFile[] {
  return files.flatMap((file) =>
    file.status === "stored" ? [{ id: file.id, name: file.name, type: file.type, size: file.size }] : [],
  );
}

/** Back from a message that was not taken. */
export function toDraftFile({ id, name, type, size }: StoredFile): DraftFile {
  return { key: id, name, size, status: "stored", id, type };
}
