import { formats } from "@/components/format/formats";
import { File as FileIcon } from "lucide-react";
import { sizeText } from "@/lib/file-size";
import type { Turn } from "./transcript";

/** The files of a message: pictures in a box whose size is known before they are there, everything else as a line. */
export function MessageFiles({ files }: Pick<Turn, "files">) {
  if (files.length === 0) return null;
  return (
    <ul aria-label="Files" className="my-1 flex flex-wrap gap-2">
      {files.map(({ name, type, size, url }) => (
        <li key={url}>
          <a href={url} target="_blank" rel="noopener noreferrer" className="block rounded-md">
            {type.startsWith("image/") ? (
              <img
                src={url}
                alt={name}
                loading="lazy"
                className="h-[150px] w-[200px] max-w-full rounded-md border border-line bg-hover object-cover"
              />
            ) : (
              <span className="flex min-h-10 max-w-full items-center gap-2 rounded-md border border-line-control px-2.5 py-1.5 text-13">
                <FileIcon size={16} aria-hidden="true" className="flex-none" />
                <span className="min-w-0 wrap-anywhere">{name}</span>
                <span className="flex-none text-12 text-ink-2">{sizeText(size, formats().locale)}</span>
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}
