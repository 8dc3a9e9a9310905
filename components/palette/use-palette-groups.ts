"use client";

import { useRouter } from "next/navigation";
import { visitorName } from "@/components/format/people";
import { isSearch, useLeadSearch, type LeadFilter, type LeadRow } from "@/components/hooks/use-leads";
import { leadHref } from "@/components/hooks/use-leads-url";
import { useSavedRepliesFor } from "@/components/hooks/use-saved-replies";
import {
  useSearch,
  useSettledText,
  type FoundMessage,
  type FoundPerson,
} from "@/components/hooks/use-search";
import { conversationHref } from "@/components/hooks/use-search-url";
import { useKeyBindings } from "@/components/keys/keys-provider";
import { LEAD_LOOK } from "@/components/leads/lead-status";
import { GO_KEYS, SECTIONS, goWords } from "@/components/shell/sections";
import { STATUS_LOOK } from "@/components/ui/status-label";
import { findHits, searchTerms } from "@/lib/search-text";
import { commandsOf, filledGroups, matchCommands, matchReplies } from "./palette-items";
import type { PaletteGroup, PaletteItem } from "./palette-items";

/** Of each kind that the palette shows at most; the search of the inbox and the list of leads show more. */
const FOUND = 5;
const ANY_LEAD: LeadFilter = { status: null, owner: null, brand: null };
const REPLIES = "/app/saved-replies";

/** What a text finds: on this page, among conversations, and where else to go. */
export function usePaletteGroups(text: string): { groups: PaletteGroup[]; searching: boolean } {
  const router = useRouter();
  const { bindings } = useKeyBindings();
  const search = useSearch({ text, brandId: null, limit: FOUND });
  const go = (href: string) => () => router.push(href);
  const settled = useSettledText(text);
  const leads = useLeadSearch(ANY_LEAD, settled);
  const replies = useSavedRepliesFor(settled);
  const isAsked = isSearch(text);
  const found = isAsked ? search?.data : undefined;
  const sections = SECTIONS.map(({ id, label, href }) => {
    const letter = GO_KEYS[id];
    return {
      label: goWords({ id, label }),
      end: letter === undefined ? null : { key: `g ${letter}` },
      run: go(href),
    };
  });
  return {
    groups: filledGroups([
      { name: "This page", items: matchCommands(commandsOf(bindings), text) },
      { name: "Conversations", items: found ? conversationItems(found, go) : [] },
      { name: "Leads", items: isAsked ? leadItems(leads.data?.rows ?? [], text, go) : [] },
      { name: "Sections", items: matchCommands(sections, text) },
      {
        name: "Saved replies",
        items: isAsked ? matchReplies(replies, text, go(REPLIES)).slice(0, FOUND) : [],
      },
    ]),
    searching: search?.status === "loading",
  };
}

/** What a lead was found by is marked where its name has it; a phone number or an address may be the reason too. */
function leadItems(rows: readonly LeadRow[], text: string, go: (href: string) => () => void): PaletteItem[] {
  const terms = searchTerms(text);
  return rows.slice(0, FOUND).map(({ _id, name, status }) => ({
    id: _id,
    label: name,
    hits: findHits(name, terms),
    end: { word: LEAD_LOOK[status].word },
    run: go(leadHref(_id)),
  }));
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
