import { sizeText } from "../../../lib/file-size";
import type { Actions } from "../actions";
import type { DraftFile } from "../draft-files";
import { fill } from "../texts";
import { Icon } from "./icon";
import { useLocale, useTexts } from "./texts-context";

type Props = { files: readonly DraftFile[]; actions: Actions };

/** What goes with the next message: how far each file has come, and what became of it. */
export function FileTray({ files, actions }: Props) {
  const texts = useTexts();
  const locale = useLocale();
  if (files.length === 0) return null;
  return (
    <ul class="tray">
      {files.map((file) => (
        <li key={file.key} class={file.status === "failed" ? "file lost" : "file"}>
          <Icon name={file.status === "failed" ? "warning" : "file"} />
          <span class="name">
            <bdi>{file.name}</bdi>
            {file.status === "failed" ? (
              <small role="alert">{file.reason}</small>
            ) : (
              <small>{sizeText(file.size, locale)}</small>
            )}
            {file.status === "uploading" && <progress aria-label={file.name} value={file.share} />}
          </span>
          {file.status === "failed" && file.canRetry && (
            <button type="button" class="again" onClick={() => actions.retryFile(file.key)}>
              {texts.retry}
            </button>
          )}
          <button
            type="button"
            class="tool"
            aria-label={fill(texts.removeFile, { name: file.name })}
            onClick={() => actions.removeFile(file.key)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
