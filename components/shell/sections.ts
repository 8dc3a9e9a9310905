import {
  BookMarked,
  ChartNoAxesColumn,
  Inbox,
  Plug,
  Settings,
  Store,
  UserRound,
  UsersRound,
  Waypoints,
  type LucideIcon,
} from "lucide-react";

export type SectionId =
  | "inbox"
  | "leads"
  | "saved-replies"
  | "atlas"
  | "analytics"
  | "brands"
  | "integrations"
  | "team"
  | "settings";

type Section = {
  id: SectionId;
  label: string;
  href: string;
  Icon: LucideIcon;
  /** A phone has a tab for it; the others are under More. */
  isTab?: true;
};

/** The dashboard's sections, in the order in which they stand in the sidebar. */
export const SECTIONS: readonly Section[] = [
  { id: "inbox", label: "Inbox", href: "/app", Icon: Inbox, isTab: true },
  { id: "leads", label: "Leads", href: "/app/leads", Icon: UsersRound, isTab: true },
  { id: "atlas", label: "Atlas", href: "/app/atlas", Icon: Waypoints, isTab: true },
  { id: "analytics", label: "Analytics", href: "/app/analytics", Icon: ChartNoAxesColumn, isTab: true },
  { id: "saved-replies", label: "Saved replies", href: "/app/saved-replies", Icon: BookMarked },
  { id: "brands", label: "Brands", href: "/app/brands", Icon: Store },
  { id: "integrations", label: "Integrations", href: "/app/integrations", Icon: Plug },
  { id: "team", label: "Team", href: "/app/team", Icon: UserRound },
  { id: "settings", label: "Settings", href: "/app/settings", Icon: Settings },
];

/** What leads to a section is called. Atlas is a name. */
export const goWords = ({ id, label }: Pick<Section, "id" | "label">): string =>
  `Go to ${id === "atlas" ? label : label.toLowerCase()}`;

/** The letters that go to a section after G, by the section's id. */
export const GO_KEYS: Readonly<Record<string, string>> = {
  inbox: "i",
  leads: "l",
  atlas: "a",
  analytics: "n",
  brands: "b",
  integrations: "p",
  team: "t",
  settings: "s",
};
