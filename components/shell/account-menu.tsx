"use client";

import { ChevronDown, CircleUserRound, Ellipsis, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useRouter } from "next/navigation";
import { KeyCaps } from "@/components/keys/key-caps";
import { useKeyBindings } from "@/components/keys/keys-provider";
import { useSession } from "@/components/session/session-provider";
import { Initials } from "@/components/ui/initials";
import {
  Menu,
  MenuContent,
  MenuHeading,
  MenuItem,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from "@/components/ui/menu";
import { SECTIONS, type SectionId } from "./sections";

const THEMES = [
  { value: "light", word: "Light", Icon: Sun },
  { value: "dark", word: "Dark", Icon: Moon },
  { value: "system", word: "As the system", Icon: Monitor },
] as const;

type AccountMenuProps = {
  placement: "sidebar" | "tabs";
  /** The current one; among the tabs, the menu leads to the sections that have none. */
  section?: SectionId | null;
};

/** Who is signed in, and what is theirs to choose: the theme, the keys, signing out. */
export function AccountMenu({ placement, section }: AccountMenuProps) {
  const { operator, workspace, signOut } = useSession();
  const { theme, setTheme } = useTheme();
  const { showAll } = useKeyBindings();
  const router = useRouter();
  return (
    <Menu>
      {placement === "sidebar" ? (
        <MenuTrigger
          aria-label={`Account: ${operator.name}`}
          className="flex w-full items-center gap-[9px] rounded-md p-1.5 text-13 leading-4 hover:bg-hover max-lg:justify-center"
        >
          <Initials name={operator.name} self />
          <span className="min-w-0 flex-1 max-lg:hidden">
            <span className="block truncate font-medium" title={operator.name}>
              {operator.name}
            </span>
            <span className="block truncate text-12 text-ink-2" title={workspace.name}>
              {workspace.name}
            </span>
          </span>
          <ChevronDown size={14} aria-hidden="true" className="max-lg:hidden" />
        </MenuTrigger>
      ) : (
        <MenuTrigger className="grid justify-items-center gap-[3px] pt-[9px] pb-[7px] text-12 text-ink-2">
          <Ellipsis size={20} aria-hidden="true" />
          More
        </MenuTrigger>
      )}
      <MenuContent side="top" align={placement === "sidebar" ? "start" : "end"}>
        {placement === "tabs"
          ? SECTIONS.filter(({ isTab }) => !isTab).map(({ id, label, href, Icon }) => (
              <MenuItem
                key={id}
                icon={<Icon size={16} aria-hidden="true" />}
                end={id === section ? <span className="h-[3px] w-[10px] bg-accent" /> : null}
                onSelect={() => router.push(href)}
              >
                {label}
              </MenuItem>
            ))
          : null}
        {placement === "tabs" ? <MenuSeparator /> : null}
        <MenuHeading>{operator.email}</MenuHeading>
        <MenuItem
          icon={<CircleUserRound size={16} aria-hidden="true" />}
          onSelect={() => router.push("/app/account")}
        >
          Your account
        </MenuItem>
        <MenuSeparator />
        <MenuRadioGroup value={theme} onValueChange={setTheme}>
          {THEMES.map(({ value, word, Icon }) => (
            <MenuRadioItem key={value} value={value} icon={<Icon size={16} aria-hidden="true" />}>
              {word}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem
          icon={<Keyboard size={16} aria-hidden="true" />}
          end={<KeyCaps of="?" />}
          onSelect={() => setTimeout(showAll)}
        >
          All keys
        </MenuItem>
        <MenuItem icon={<LogOut size={16} aria-hidden="true" />} onSelect={() => void signOut()}>
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
