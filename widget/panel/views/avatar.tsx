import { useState } from "preact/hooks";
import type { WidgetConfig } from "../../shared/types";

type Props = {
  config: Pick<WidgetConfig, "avatarUrl" | "brandName">;
  /** A person; absent for the brand itself. */
  name?: string | null;
  class: string;
};

/** A person's initials, or the brand's picture, or its initials where there is none or it does not load. */
export function Avatar({ config: { avatarUrl, brandName }, name, class: className }: Props) {
  const [isBroken, setBroken] = useState(false);
  if (avatarUrl && !isBroken && !name) {
    return (
      <img
        class={className}
        src={avatarUrl}
        alt=""
        referrerpolicy="no-referrer"
        onError={() => setBroken(true)}
      />
    );
  }
  return (
    <span class={className} aria-hidden="true">
      {initials(name || brandName)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...word][0]?.toUpperCase() ?? "").join("");
}
