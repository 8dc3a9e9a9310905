import { useState } from "preact/hooks";
import type { WidgetConfig } from "../../shared/types";

type Props = {
  config: Pick<WidgetConfig, "avatarUrl" | "brandName">;
  /** A person; absent for the brand itself. */
  name?: string | null;
  class: string;
};

/** Pictures that have been shown before: the next place has them at once. */
const shown = new Set<string>();

/** A person's initials, or the brand's picture, or its initials where there is none and until it is there. */
export function Avatar({ config: { avatarUrl, brandName }, name, class: className }: Props) {
  const url = name ? null : avatarUrl;
  const [, drawAgain] = useState(false);
  const isShown = url !== null && shown.has(url);
  const onLoad = (): void => {
    if (url !== null) shown.add(url);
    drawAgain(true);
  };
  return (
    <>
      {url !== null && (
        <img
          class={className}
          src={url}
          alt=""
          hidden={!isShown}
          referrerpolicy="no-referrer"
          onLoad={onLoad}
        />
      )}
      {!isShown && (
        <span class={className} aria-hidden="true">
          {initials(name || brandName)}
        </span>
      )}
    </>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...word][0]?.toUpperCase() ?? "").join("");
}
