import { Inbox, Plug, type LucideIcon } from "lucide-react";

export type SectionId = "inbox" | "integrations";

type Section = { id: SectionId; label: string; href: string; Icon: LucideIcon };

/** The dashboard's sections, in the order in which they stand in the sidebar and in the tabs of a phone. */
export const SECTIONS: readonly Section[] = [
  { id: "inbox", label: "Inbox", href: "/app", Icon: Inbox },
  { id: "integrations", label: "Integrations", href: "/app/integrations", Icon: Plug },
];
