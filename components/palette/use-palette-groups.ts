"use client";

import { useRouter } from "next/navigation";
import { visitorName } from "@/components/format/people";
import { useSearch, type FoundMessage, type FoundPerson } from "@/components/hooks/use-search";
import { conversationHref } from "@/components/hooks/use-search-url";
import { useKeyBindings } from "@/components/keys/keys-provider";
import { GO_KEYS, SECTIONS } from "@/components/shell/sections";
import { STATUS_LOOK } from "@/components/ui/status-label";
import { commandsOf, filledGroups, matchCommands } from "./palette-items";
import type { PaletteGroup, PaletteItem } from "./palette-items";

/** People and messages each that the palette shows at most; the search of the inbox shows more. */
const FOUND = 5;

/** What a text finds: on this page, among conversations, and where else to go. */
export function usePaletteGroups(text: string): { groups: PaletteGroup[]; searching: boolean } {
  const router = useRouter();
  const { bindings } = useKeyBindings();
  const search = useSearch({ text, brandId: null, limit: FOUND });
  const go = (href: string) => () => router.push(href);
  const found = text.trim() === "" ? undefined : search?.data;
  const sections = SECTIONS.map(({ id, label, href }) => {
    const letter = GO_KEYS[id];
    return {
      label: `Go to ${label.toLowerCase()}`,
      end: letter === undefined ? null : { key: `g ${letter}` },
      run: go(href),
    };
  });
  return {
    groups: filledGroups([
      { name: "This page", items: matchCommands(commandsOf(bindings), text) },
      { name: "Conversations", items: found ? conversationItems(found, go) : [] },
      { name: "Sections", items: matchCommands(sections, text) },
    ]),
    searching: search?.status === "loading",
  };
}

type Found = { people: { rows: FoundPerson[] }; messages: { rows: FoundMessage[] } };

function conversationItems({ people, messages }: Found, go: (href: string) => () => void): PaletteItem[] {
  const ofPeople = people.rows.flatMap(({ visitorId, name, email, phone, conversation }): PaletteItem[] => {
    const contact = name ?? email ?? phone;
    if (conversation === null || contact === undefined) return [];
    return [
      {
        id: visitorId,
        label: contact.text,
        hits: contact.hits,
        end: { word: STATUS_LOOK[conversation.status].word },
        run: go(conversationHref(conversation._id, null)),
      },
    ];
  });
  const ofMessages = messages.rows.map(({ messageId, snippet, conversation }): PaletteItem => {
    const who = `${visitorName({ name: conversation.visitorName })}: `;
    return {
      id: messageId,
      label: who + snippet.text,
      hits: snippet.hits.map(({ start, end }) => ({ start: start + who.length, end: end + who.length })),
      end: { word: STATUS_LOOK[conversation.status].word },
      run: go(conversationHref(conversation._id, messageId)),
    };
  });
  return [...ofPeople, ...ofMessages];
}
