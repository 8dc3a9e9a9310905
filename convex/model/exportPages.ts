/**
 * A workspace as one JSON document, written piece by piece: each is one bounded reading and says where the next begins. A
 * list goes by the time at which its rows were made, which never changes: rows that change meanwhile keep their place.
 */
import {
  AGENT_TOKENS_MAX,
  API_KEYS_MAX,
  BRANDS_MAX,
  OPERATORS_MAX,
  SAVED_REPLIES_MAX,
} from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import type { ExportCounts, ExportPiece, ExportPlace } from "../validators/exports";
import { findModel, usageOf } from "./atlasSettings";
import * as rows from "./exportRows";
import type { Written } from "./exportRows";
import { keysetPage } from "./keyset";
import type { Position } from "./keyset";
import { liveSubscriptions } from "./webhookSubscriptions";

/** Of the document's shape, as docs/export.md has it. */
const VERSION = 1;
/** Code units after which a piece ends: with one more row behind them it stays far below what a function may read. */
const PIECE_TEXT = 500_000;
/** Rows that are read at once; a message has at most 30 KB, a lead with its remarks 3 MB, a source's text 1 MB. */
const PAGE = 50;
const MESSAGES_PAGE = 100;

type WorkspaceId = Id<"workspaces">;
/** `text` brings its own commas, but for the list's brackets. */
type Batch = { text: string; next: Omit<ExportPlace, "section"> | null; counts: Partial<ExportCounts> };
type Read = (db: DatabaseReader, workspaceId: WorkspaceId, place: ExportPlace) => Promise<Batch>;
type Section = { name: string; read: Read };

const json = (row: Written): string => JSON.stringify(row);

/** A list that has a limit: read at once. */
function whole(read: (db: DatabaseReader, workspaceId: WorkspaceId) => Promise<Written[]>): Read {
  return async (db, workspaceId) => ({
    text: (await read(db, workspaceId)).map(json).join(",\n"),
    next: null,
    counts: {},
  });
}

type Row = { _id: string; _creationTime: number };
type Range = { order: "asc"; after: Position | null; limit: number };

type PagedList<Each extends Row> = {
  page: (
    db: DatabaseReader,
    workspaceId: WorkspaceId,
    range: Range,
  ) => Promise<{ page: Each[]; hasMore: boolean }>;
  madeAt: (row: Each) => number;
  write: (db: DatabaseReader, row: Each) => Written | Promise<Written>;
  counted?: keyof ExportCounts;
};

/** A list that may be long. */
function paged<Each extends Row>({ page: readPage, madeAt, write, counted }: PagedList<Each>): Read {
  return async (db, workspaceId, { after }) => {
    const { page, hasMore } = await readPage(db, workspaceId, { order: "asc", after, limit: PAGE });
    let text = "";
    let count = 0;
    for (const row of page) {
      if (text.length >= PIECE_TEXT) break;
      text += (after === null && count === 0 ? "" : ",\n") + json(await write(db, row));
      count++;
    }
    const last = page[count - 1];
    const isRest = last !== undefined && (hasMore || count < page.length);
    const next = isRest ? { after: positionOf(last, madeAt(last)), inside: null } : null;
    return { text, next, counts: counted === undefined ? {} : { [counted]: count } };
  };
}

function positionOf(row: Row, at: number): Position {
  return { at, createdAt: row._creationTime, id: row._id };
}

/** Each with its messages, of which one may have more than a piece holds. */
const readConversations: Read = async (db, workspaceId, { after, inside }) => {
  let text = "";
  let place = after;
  const counts = { conversations: 0, messages: 0 };
  /** Where the rest of the conversation's messages begin; null when all are written. */
  const addMessages = async (conversationId: Id<"conversations">, sequence: number) => {
    const messages = await writeMessages(db, conversationId, sequence);
    text += messages.text;
    counts.messages += messages.count;
    if (messages.rest !== null) return { conversationId, sequence: messages.rest };
    text += "]}";
    return null;
  };
  if (inside !== null) {
    const rest = await addMessages(inside.conversationId, inside.sequence);
    if (rest !== null || text.length >= PIECE_TEXT) return { text, next: { after, inside: rest }, counts };
  }
  const { page, hasMore } = await keysetPage(db, {
    table: "conversations",
    index: "by_workspace_and_created_at",
    prefix: [workspaceId],
    order: "asc",
    after,
    limit: PAGE,
  });
  for (const conversation of page) {
    const open = json(rows.conversationOf(conversation)).slice(0, -1);
    text += `${place === null ? "" : ",\n"}${open},"messages":[`;
    place = positionOf(conversation, conversation.createdAt);
    counts.conversations++;
    const rest = await addMessages(conversation._id, 0);
    if (rest !== null || text.length >= PIECE_TEXT) {
      return { text, next: { after: place, inside: rest }, counts };
    }
  }
  return { text, next: hasMore ? { after: place, inside: null } : null, counts };
};

/** Messages behind a sequence; `rest` is that of the last one when there may be more. */
async function writeMessages(db: DatabaseReader, conversationId: Id<"conversations">, sequence: number) {
  const messages = await db
    .query("messages")
    .withIndex("by_conversation_and_sequence", (q) =>
      q.eq("conversationId", conversationId).gt("sequence", sequence),
    )
    .take(MESSAGES_PAGE);
  const texts = await Promise.all(messages.map(async (message) => json(await rows.messageOf(db, message))));
  const last = messages.length === MESSAGES_PAGE ? messages.at(-1) : undefined;
  const text = texts.map((each, index) => (sequence === 0 && index === 0 ? each : `,${each}`)).join("");
  return { text, count: messages.length, rest: last?.sequence ?? null };
}

const CREATED = { index: "by_workspace_and_created_at" } as const;

/** The document's lists, in its order. */
const SECTIONS: readonly Section[] = [
  {
    name: "brands",
    read: whole(async (db, workspaceId) => {
      const brands = await db
        .query("brands")
        .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
        .take(BRANDS_MAX);
      return await Promise.all(brands.map((brand) => rows.brandOf(db, brand)));
    }),
  },
  {
    name: "operators",
    read: whole(async (db, workspaceId) => {
      const operators = await db
        .query("operators")
        .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
        .take(OPERATORS_MAX);
      return operators.map(rows.operatorOf);
    }),
  },
  {
    name: "invites",
    read: whole(async (db, workspaceId) => {
      const invites = await db
        .query("invites")
        .withIndex("by_workspace_and_email", (q) => q.eq("workspaceId", workspaceId))
        .take(OPERATORS_MAX);
      return invites.map(rows.inviteOf);
    }),
  },
  {
    name: "apiKeys",
    read: whole(async (db, workspaceId) => {
      const keys = await db
        .query("apiKeys")
        .withIndex("by_workspace_and_revoked_at", (q) =>
          q.eq("workspaceId", workspaceId).eq("revokedAt", undefined),
        )
        .take(API_KEYS_MAX);
      return keys.map(rows.apiKeyOf);
    }),
  },
  {
    name: "agentTokens",
    read: whole(async (db, workspaceId) => {
      const tokens = await db
        .query("sessions")
        .withIndex("by_workspace_and_scope", (q) => q.eq("workspaceId", workspaceId).eq("scope", "agent"))
        .take(AGENT_TOKENS_MAX);
      return tokens.flatMap((token) => (token.scope === "agent" ? [rows.agentTokenOf(token)] : []));
    }),
  },
  {
    name: "webhooks",
    read: whole(async (db, workspaceId) => (await liveSubscriptions(db, workspaceId)).map(rows.webhookOf)),
  },
  {
    name: "savedReplies",
    read: whole(async (db, workspaceId) => {
      const replies = await db
        .query("savedReplies")
        .withIndex("by_workspace_and_brand_and_shortcut", (q) => q.eq("workspaceId", workspaceId))
        .take(SAVED_REPLIES_MAX);
      return replies.map(rows.savedReplyOf);
    }),
  },
  {
    name: "knowledgeSources",
    read: paged({
      page: (db, workspaceId, range) =>
        keysetPage(db, { table: "knowledgeSources", ...CREATED, prefix: [workspaceId], ...range }),
      madeAt: ({ createdAt }) => createdAt,
      write: rows.sourceOf,
    }),
  },
  {
    name: "atlasQuestions",
    read: paged({
      page: (db, workspaceId, range) =>
        keysetPage(db, { table: "atlasQuestions", ...CREATED, prefix: [workspaceId], ...range }),
      madeAt: ({ createdAt }) => createdAt,
      write: (_db, question) => rows.questionOf(question),
    }),
  },
  {
    name: "visitors",
    read: paged({
      page: (db, workspaceId, range) =>
        keysetPage(db, {
          table: "visitors",
          index: "by_workspace_and_first_seen_at",
          prefix: [workspaceId],
          ...range,
        }),
      madeAt: ({ firstSeenAt }) => firstSeenAt,
      write: (_db, visitor) => rows.visitorOf(visitor),
      counted: "visitors",
    }),
  },
  { name: "conversations", read: readConversations },
  {
    name: "leads",
    read: paged({
      page: (db, workspaceId, range) =>
        keysetPage(db, { table: "leads", ...CREATED, prefix: [workspaceId], ...range }),
      madeAt: ({ createdAt }) => createdAt,
      write: rows.leadOf,
      counted: "leads",
    }),
  },
  {
    name: "auditLog",
    read: paged({
      page: (db, workspaceId, range) =>
        keysetPage(db, { table: "auditLogs", index: "by_workspace", prefix: [workspaceId], ...range }),
      madeAt: ({ createdAt }) => createdAt,
      write: (_db, row) => rows.auditOf(row),
    }),
  },
];

export const FIRST_PLACE: ExportPlace = { section: 0, after: null, inside: null };

export const NOTHING_COUNTED: ExportCounts = { visitors: 0, conversations: 0, messages: 0, leads: 0 };

export const sumOf = (a: ExportCounts, b: Partial<ExportCounts>): ExportCounts => ({
  visitors: a.visitors + (b.visitors ?? 0),
  conversations: a.conversations + (b.conversations ?? 0),
  messages: a.messages + (b.messages ?? 0),
  leads: a.leads + (b.leads ?? 0),
});

/** The piece of the document that begins at a place. `startedAt` is of the export. */
export async function writePiece(
  db: DatabaseReader,
  { workspaceId, startedAt }: Pick<Doc<"exports">, "workspaceId" | "startedAt">,
  place: ExportPlace,
): Promise<ExportPiece> {
  const section = SECTIONS[place.section];
  if (section === undefined) throw new Error(`An export has no list ${place.section}.`);
  const batch = await section.read(db, workspaceId, place);
  const isStart = place.after === null && place.inside === null;
  let text = isStart ? `,\n"${section.name}":[\n${batch.text}` : batch.text;
  if (isStart && place.section === 0) text = (await headOf(db, workspaceId, startedAt)) + text;
  const counts = sumOf(NOTHING_COUNTED, batch.counts);
  if (batch.next !== null) return { text, next: { section: place.section, ...batch.next }, counts };
  text += "\n]";
  const next = { ...FIRST_PLACE, section: place.section + 1 };
  return next.section < SECTIONS.length
    ? { text, next, counts }
    : { text: `${text}\n}\n`, next: null, counts };
}

/** The document up to its first list. */
async function headOf(db: DatabaseReader, workspaceId: WorkspaceId, startedAt: number): Promise<string> {
  const [workspace, model, { monthlyTokens }] = await Promise.all([
    db.get("workspaces", workspaceId),
    findModel(db, workspaceId),
    usageOf(db, workspaceId, startedAt),
  ]);
  if (workspace === null) throw new Error("The workspace of an export is gone.");
  const { _id, name, slug, createdAt } = workspace;
  const atlas = { model: model === null ? null : rows.modelOf(model), monthlyTokens };
  const head = json({
    format: "praxtalk-export",
    version: VERSION,
    exportedAt: startedAt,
    workspace: { id: _id, name, slug, createdAt, atlas },
  });
  return head.slice(0, -1);
}
