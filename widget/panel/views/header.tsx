import type { WidgetConfig } from "../../shared/types";
import { Avatar } from "./avatar";
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
      <Avatar class="logo" config={config} />
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
