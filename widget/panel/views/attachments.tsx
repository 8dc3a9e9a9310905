import { sizeText } from "../../../lib/file-size";
import type { Attachment } from "../draft-files";
import { Icon } from "./icon";
import { useLocale } from "./texts-context";

/** The files of a message: pictures in a box whose size is known before they are there, everything else as a line. */
export function Attachments({ files, sender }: { files: readonly Attachment[]; sender: string }) {
  const locale = useLocale();
  if (files.length === 0) return null;
  return (
    <ul class="files">
      {files.map(({ name, type, size, url }, index) => (
        <li key={`${index} ${name}`}>
          <span class="spoken">{sender}: </span>
          <a href={url ?? undefined} target="_blank" rel="noopener noreferrer">
            {type.startsWith("image/") ? (
              <span class="picture">{url ? <img src={url} alt={name} loading="lazy" /> : name}</span>
            ) : (
              <span class="file">
                <Icon name="file" />
                <span class="name">
                  <bdi>{name}</bdi>
                  <small>{sizeText(size, locale)}</small>
                </span>
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}
