import { fillVariables, type ReplyValues } from "@/lib/reply-variables";

/** One line of what is offered while something is typed behind a mark. */
export type Completion = {
  id: string;
  title: string;
  /** Beside the title: the shortcut. */
  end?: string;
  /** Below the title: the beginning of the text. */
  detail?: string;
  /** What takes the place of the mark and what was typed behind it. */
  insert: string;
};

/** What is typed behind a mark, from the mark's place up to the caret. */
export type Typed = { start: number; query: string };

/** Lines that are offered at once. */
const OFFERED_MAX = 8;

const TYPED = { "/": /(?:^|\s)\/([^\s/]*)$/, "@": /(?:^|\s)@([^\s@]*)$/ };
export type CompletionMark = keyof typeof TYPED;

/** Whether the caret stands behind a mark that begins a word; null: it does not. */
export function typedBehind(mark: CompletionMark, text: string, caret: number): Typed | null {
  const query = TYPED[mark].exec(text.slice(0, caret))?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, query };
}

type Reply = { _id: string; title: string; body: string; shortcut: string | null };

/** Replies that fit what is typed: by shortcut first, then by title, then by text. */
export function matchingReplies(replies: readonly Reply[], query: string, values: ReplyValues): Completion[] {
  const wanted = query.toLowerCase();
  const rank = ({ title, body, shortcut }: Reply): number =>
    [shortcut?.startsWith(wanted), title.toLowerCase().includes(wanted), body.toLowerCase().includes(wanted)]
      .map((fits) => fits === true)
      .indexOf(true);
  return replies
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter(({ rank }) => rank !== -1)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, OFFERED_MAX)
    .map(({ reply: { _id, title, body, shortcut } }) => ({
      id: _id,
      title,
      end: shortcut === null ? undefined : `/${shortcut}`,
      detail: body,
      insert: fillVariables(body, values),
    }));
}

type Colleague = { _id: string; name: string; email: string };

/** Colleagues any of whose names, or whose address, begins with what is typed. */
export function matchingColleagues(colleagues: readonly Colleague[], query: string): Completion[] {
  const wanted = query.toLowerCase();
  const fits = ({ name, email }: Colleague) =>
    [...name.toLowerCase().split(/\s+/), email].some((word) => word.startsWith(wanted));
  return colleagues
    .filter(fits)
    .slice(0, OFFERED_MAX)
    .map(({ _id, name, email }) => ({ id: _id, title: name, detail: email, insert: `@${name} ` }));
}

/** A text in pieces, those that name one of the people marked; of two names that begin alike the longer is meant. */
export function mentionParts(text: string, names: readonly string[]): { text: string; isMention: boolean }[] {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const parts: { text: string; isMention: boolean }[] = [];
  let plain = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const name = longestFirst.find((each) => isNamedAt(text, at + 1, each));
    if (name === undefined) continue;
    if (at > plain) parts.push({ text: text.slice(plain, at), isMention: false });
    plain = at + 1 + name.length;
    parts.push({ text: text.slice(at, plain), isMention: true });
  }
  if (plain < text.length) parts.push({ text: text.slice(plain), isMention: false });
  return parts;
}

const isNamedAt = (text: string, at: number, name: string): boolean =>
  text.startsWith(name, at) && !/[\p{L}\p{N}]/u.test(text.charAt(at + name.length));

/** The ids of those whom the text names. */
export function mentionedIn(text: string, colleagues: readonly Pick<Colleague, "_id" | "name">[]): string[] {
  const parts = mentionParts(
    text,
    colleagues.map(({ name }) => name),
  );
  const named = new Set(parts.filter(({ isMention }) => isMention).map(({ text }) => text.slice(1)));
  return colleagues.filter(({ name }) => named.has(name)).map(({ _id }) => _id);
}
