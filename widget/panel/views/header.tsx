import { useState } from "preact/hooks";
import type { WidgetConfig } from "../../shared/types";
import { Icon } from "./icon";
import { Menu, type MenuItem } from "./menu";
import { useTexts } from "./texts-context";

type Props = {
  config: WidgetConfig;
  subtitle: string | null;
  menu: readonly MenuItem[];
  onClose: () => void;
};

export function Header({ config, subtitle, menu, onClose }: Props) {
  const texts = useTexts();
  return (
    <header class="header">
      <Logo config={config} />
      <div class="title">
        <h2 dir="auto">
          <bdi>{config.brandName}</bdi>
        </h2>
        {subtitle && <p>{subtitle}</p>}
      </div>
      {menu.length > 0 && <Menu items={menu} />}
      <button type="button" class="tool" aria-label={texts.close} onClick={onClose}>
        <Icon name="close" />
      </button>
    </header>
  );
}

/** The brand's picture, or its initials where there is none or it does not load. */
function Logo({ config: { avatarUrl, brandName } }: { config: WidgetConfig }) {
  const [isBroken, setBroken] = useState(false);
  if (avatarUrl && !isBroken) {
    return (
      <img class="logo" src={avatarUrl} alt="" referrerpolicy="no-referrer" onError={() => setBroken(true)} />
    );
  }
  return (
    <span class="logo" aria-hidden="true">
      {initials(brandName)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...word][0]?.toUpperCase() ?? "").join("");
}
