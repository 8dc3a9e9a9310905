import { BookMarked, Inbox, Plug, UsersRound, Store, type LucideIcon } from "lucide-react";

export type SectionId = "inbox" | "saved-replies" | "brands" | "integrations" | "team";

type Section = { id: SectionId; label: string; href: string; Icon: LucideIcon };

/** The dashboard's sections, in the order in which they stand in the sidebar and in the tabs of a phone. */
export const SECTIONS: readonly Section[] = [
  { id: "inbox", label: "Inbox", href: "/app", Icon: Inbox },
  { id: "saved-replies", label: "Saved replies", href: "/app/saved-replies", Icon: BookMarked },
  { id: "brands", label: "Brands", href: "/app/brands", Icon: Store },
  { id: "integrations", label: "Integrations", href: "/app/integrations", Icon: Plug },
  { id: "team", label: "Team", href: "/app/team", Icon: UsersRound },
];
