/** What people wrote in a made-up shop: the same for the same seed. Pure: times are counted from the day's beginning. */
import { DEMO_TOPICS } from "./demoTopics";

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type DemoLine = { at: number; from: "visitor" | "operator" | "note"; text: string };

export type DemoChat = {
  brand: number; // counts DEMO_BRANDS
  operator: number; // counts the team
  visitor: { name: string; email: string; phone?: string; page: string };
  tag: string;
  lines: DemoLine[]; // in order; milliseconds from the day's beginning
  endsAs: "open" | "snoozed" | "resolved" | "closed";
  isAssigned: boolean;
  leadStatus: "new" | "contacted" | "qualified" | "won" | "lost" | null;
};

export const DEMO_BRANDS = [
  {
    name: "Kettle Row",
    color: "#8a4b2a",
    site: "https://kettlerow.example",
    welcome: "Questions about a kettle, an order or a repair? Write to us.",
  },
  {
    name: "Fjell & Fog",
    color: "#2f6b4f",
    site: "https://fjellogfog.example",
    welcome: "Hello from Bergen. What are you packing for?",
  },
  {
    name: "Lumen Desk",
    color: "#c79a1b",
    site: "https://lumendesk.example",
    welcome: "Lamps, bulbs, spare parts: ask away.",
  },
] as const;

const FIRST =
  "Hannah Omar Lucie Diego Aylin Marek Ingrid Priya Tom Nadia Felix Chiara Yusuf Elin Paul Amara Jonas Sofia Kwame Vera".split(
    " ",
  );
const LAST =
  "Weiss Haddad Martin Rivera Kaya Novak Dahl Nair Baker Ivanova Braun Ricci Demir Lund Fischer Okafor Klein Costa Mensah Petrova".split(
    " ",
  );
const LEAD_STATUSES = ["new", "contacted", "qualified", "won", "lost"] as const;

const MINUTE = 60_000;
const OPENS = 8 * 60 * MINUTE;
const DAY_LENGTH = 11 * 60 * MINUTE;
const QUIET_DAYS = new Set([0, 6]);

/** The chats of one day. `weekday` counts from Sunday; the shop is quieter at weekends. */
export function chatsOfDay(
  seed: number,
  day: number,
  { weekday, team }: { weekday: number; team: number },
): DemoChat[] {
  const random = seededRandom(seed * 10_007 + day);
  const count = (QUIET_DAYS.has(weekday) ? 1 : 4) + Math.floor(random() * (QUIET_DAYS.has(weekday) ? 3 : 6));
  return Array.from({ length: count }, () => makeChat(random, team)).sort(
    (one, other) => (one.lines[0]?.at ?? 0) - (other.lines[0]?.at ?? 0),
  );
}

const NOW_CHATS = 8;

/** Chats that go on at the moment, their times before it: in most of them somebody waits. */
export function chatsOfNow(seed: number, team: number): DemoChat[] {
  const random = seededRandom(seed * 10_007 - 1);
  return Array.from({ length: NOW_CHATS }, (_, index) => {
    const chat = makeChat(random, team);
    const waited = (2 + index * index * 3) * MINUTE;
    const said = chat.lines.slice(0, [3, 1, 2][index % 3]);
    const lines = said.map((line, place) => ({ ...line, at: (place - said.length + 1) * MINUTE - waited }));
    return { ...chat, lines, endsAs: "open" as const, isAssigned: index % 2 === 0, leadStatus: null };
  });
}

function makeChat(random: () => number, team: number): DemoChat {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const brand = Math.floor(random() ** 1.4 * DEMO_BRANDS.length);
  const topic = pick(DEMO_TOPICS[brand] ?? []);
  const name = `${pick(FIRST)} ${pick(LAST)}`;
  const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
  const phone = `+4930555${String(Math.floor(random() * 10_000)).padStart(4, "0")}`;
  const ends = random();
  return {
    brand,
    operator: Math.floor(random() * team),
    visitor: {
      name,
      email,
      ...(random() < 0.6 && { phone }),
      page: (DEMO_BRANDS[brand]?.site ?? "") + topic.page,
    },
    tag: topic.tag,
    lines: timed(topic.lines, random),
    endsAs: ends < 0.86 ? "resolved" : ends < 0.97 ? "closed" : "snoozed",
    isAssigned: random() < 0.7,
    leadStatus: topic.isLead && random() < 0.5 ? pick(LEAD_STATUSES) : null,
  };
}

/** First answers take minutes, now and then an hour; what follows goes to and fro quickly. */
function timed(lines: readonly (readonly [DemoLine["from"], string])[], random: () => number): DemoLine[] {
  let at = OPENS + Math.floor(random() * DAY_LENGTH);
  return lines.map(([from, text], index) => {
    if (index > 0) {
      const slow = index === 1 && random() < 0.15 ? 60 : 0;
      at += Math.floor((1 + random() * (index === 1 ? 12 : 5) + slow * random()) * MINUTE);
    }
    return { at, from, text };
  });
}
