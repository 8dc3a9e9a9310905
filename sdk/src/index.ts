/** PraxTalk for your own software: it subscribes instead of polling, and answers in an operator's name. */
import { ConvexClient } from "convex/browser";
import type { ConvexClientOptions } from "convex/browser";
import type { FunctionReference } from "convex/server";
import { PraxTalkError, isEnded, toPraxTalkError } from "./errors.js";
import { followEvents, readEvents } from "./follow.js";
import type { FedEvent, FollowOptions } from "./follow.js";
import * as functions from "./functions.js";
import type * as t from "./types.js";
import { verify } from "./webhooks.js";

export { PraxTalkError };
export type * from "./types.js";
export type { FedEvent, FollowOptions };

/** Checking what webhooks bring. */
export const webhooks = { verify };

type OnError = (error: PraxTalkError) => void;

export type PraxTalkOptions = {
  /** Address of the Convex deployment, e.g. http://127.0.0.1:3210. */
  url: string;
  /** An agent token, minted at /app/integrations. */
  token: string;
  /** Hears what no other callback does: the errors of subscriptions that were given none. Else they are thrown. */
  onError?: OnError;
  /** For the Convex client beneath. */
  client?: ConvexClientOptions;
};

type Args<Query extends FunctionReference<"query" | "mutation">> = Omit<Query["_args"], "sessionToken">;

/** One connection to a PraxTalk deployment, shared by all its subscriptions. */
export class PraxTalk {
  /** The client beneath, for functions that the SDK does not name. */
  readonly client: ConvexClient;
  readonly #token: string;
  readonly #onError: OnError | undefined;

  constructor({ url, token, onError, client }: PraxTalkOptions) {
    this.client = new ConvexClient(url, { unsavedChangesWarning: false, ...client });
    this.#token = token;
    this.#onError = onError;
  }

  /** Conversations of one status, newest activity first. */
  readonly inbox = {
    /** The newest 50, or `limit` up to 200: at once, and again whenever they change. */
    subscribe: (
      { brand, ...filter }: t.InboxFilter & { limit?: number },
      onRows: (rows: t.Conversation[]) => void,
      onError?: OnError,
    ): t.Stop => this.#subscribe(functions.listInbox, { ...filter, brandId: brand }, onRows, onError),
    /** All of them by pages. */
    page: async (
      { brand, ...filter }: t.InboxFilter,
      request?: t.PageRequest,
    ): Promise<t.Page<t.Conversation>> =>
      toPage(
        await this.#query(functions.pageInbox, { ...filter, brandId: brand, ...toPaginationOpts(request) }),
      ),
  };

  /** One conversation, by id. Nothing is asked until one of its methods is called. */
  conversation(conversationId: string) {
    const of = { conversationId };
    const outgoing = (body: string, clientMessageId?: string) => ({
      ...of,
      body,
      clientMessageId: clientMessageId ?? crypto.randomUUID(),
    });
    return {
      /** Null for an id that the token does not cover. */
      get: () => this.#query(functions.getConversation, of),
      subscribe: (onRow: (row: t.Conversation | null) => void, onError?: OnError): t.Stop =>
        this.#subscribe(functions.getConversation, of, onRow, onError),
      messages: {
        /** The newest 200, or `limit` up to 500, oldest first: at once, and again whenever they change. */
        subscribe: (
          onRows: (rows: t.Message[]) => void,
          { limit, onError }: { limit?: number; onError?: OnError } = {},
        ): t.Stop => this.#subscribe(functions.listMessages, { ...of, limit }, onRows, onError),
        /** All of them by pages, newest first. */
        page: async (request?: t.PageRequest): Promise<t.Page<t.Message>> =>
          toPage(await this.#query(functions.pageMessages, { ...of, ...toPaginationOpts(request) })),
      },
      /**
       * Answers the visitor. Sent exactly once, however often the connection drops; for that to hold through a crash of
       * your process too, keep a `clientMessageId` (1 to 64 letters, digits, _ and -) and pass it again.
       */
      reply: (body: string, { clientMessageId }: { clientMessageId?: string } = {}): Promise<t.Message> =>
        this.#mutate(functions.sendMessage, outgoing(body, clientMessageId)),
      /** Writes a note that operators alone can see; once, as `reply`. */
      note: (
        body: string,
        { clientMessageId }: { clientMessageId?: string } = {},
      ): Promise<{ messageId: string }> => this.#mutate(functions.addNote, outgoing(body, clientMessageId)),
      presence: {
        /** Who views and who types: at once, and again whenever it changes. Null for an id that the token does not cover. */
        subscribe: (onPresence: (presence: t.Presence | null) => void, onError?: OnError): t.Stop =>
          this.#subscribe(functions.getPresence, of, onPresence, onError),
        /** Tells the visitor that an answer is written, or no longer. It ends 6 s after the last call. */
        setTyping: async (isTyping: boolean): Promise<void> => {
          await this.#mutate(functions.updatePresence, { ...of, isTyping });
        },
        /** Tells the team that the conversation is looked at, or no longer. It ends 30 s after the last call. */
        setViewing: async (isViewing: boolean): Promise<void> => {
          await this.#mutate(functions.updatePresence, { ...of, isViewing });
        },
      },
      setStatus: async (status: t.ConversationStatus): Promise<void> => {
        await this.#mutate(functions.updateConversation, { ...of, status });
      },
      /** Until a time in ms since 1970, at most 366 days ahead, when it opens by itself; before if the visitor writes. */
      snooze: async (snoozedUntil: number): Promise<void> => {
        await this.#mutate(functions.updateConversation, { ...of, snoozedUntil });
      },
      /** Gives it to an operator, to "me" (in whose name the token acts), or with null to nobody. */
      assign: async (assignee: string | null): Promise<void> => {
        await this.#mutate(functions.updateConversation, { ...of, assignee });
      },
    };
  }

  readonly leads = {
    /** The newest 100, or `limit` up to 500, newest change first. */
    subscribe: (
      { brand, ...filter }: t.LeadFilter,
      onRows: (rows: t.Lead[]) => void,
      onError?: OnError,
    ): t.Stop => this.#subscribe(functions.listLeads, { ...filter, brandId: brand }, onRows, onError),
    create: ({ brand, ...lead }: t.NewLead): Promise<t.Lead> =>
      this.#mutate(functions.createLead, { ...lead, brandId: brand }),
    update: (leadId: string, change: t.LeadChange): Promise<t.Lead> =>
      this.#mutate(functions.updateLead, { leadId, ...change }),
  };

  /** The brands that the token covers, oldest first. */
  readonly brands = {
    subscribe: (onRows: (rows: t.Brand[]) => void, onError?: OnError): t.Stop =>
      this.#subscribe(functions.listBrands, {}, onRows, onError),
  };

  readonly events = {
    /** Every change behind `after` that there is now, oldest first; of the last 30 days without it. */
    read: ({ after, type }: FollowOptions = {}): AsyncGenerator<FedEvent, void> =>
      readEvents((args) => this.#query(functions.listEvents, args), { after, type }),
    /**
     * Hands over every change once, in the order of commits, and goes on when there are more. `onEvent` is waited for;
     * after it, keep `cursor`: given as `after`, it goes on behind that event, also in another process.
     */
    follow: (
      onEvent: (event: t.PraxTalkEvent, cursor: string) => unknown,
      { onError, ...options }: FollowOptions & { onError?: OnError } = {},
    ): t.Stop =>
      followEvents(
        {
          subscribe: (args, onCursor, onFailed) =>
            this.#subscribe(functions.newestEvent, args, ({ cursor }) => onCursor(cursor), onFailed),
          list: (args) => this.#query(functions.listEvents, args),
        },
        onEvent,
        options,
        (error) => this.#report(error, onError),
      ),
  };

  readonly connection = {
    get: (): t.Connection => toConnection(this.client.connectionState()),
    /** Tells at once, and whenever it changes. */
    subscribe: (onChange: (state: t.Connection) => void): t.Stop => {
      let last = this.connection.get();
      onChange(last);
      return this.client.subscribeToConnectionState((state) => {
        const next = toConnection(state);
        if (next === last) return;
        last = next;
        onChange(next);
      });
    },
  };

  /** Lets "last used" at /app/integrations know of software that only subscribes, to the hour. */
  async recordUse(): Promise<void> {
    await this.#mutate(functions.recordUse, {});
  }

  /** Ends every subscription and the connection. */
  async close(): Promise<void> {
    await this.client.close();
  }

  #subscribe<Query extends FunctionReference<"query">>(
    query: Query,
    args: Args<Query>,
    onValue: (value: Query["_returnType"]) => void,
    onError?: OnError,
  ): t.Stop {
    // The client's own may be called once: a subscription that has ended with its token may be stopped all the same.
    let end: (() => void) | null = this.client.onUpdate(
      query,
      { ...args, sessionToken: this.#token },
      onValue,
      (cause: unknown) => {
        const error = toPraxTalkError(cause);
        if (isEnded(error)) stop();
        this.#report(error, onError);
      },
    );
    const stop = () => {
      end?.();
      end = null;
    };
    return stop;
  }

  #report(error: PraxTalkError, onError: OnError | undefined): void {
    const hear = onError ?? this.#onError;
    if (hear === undefined) throw error;
    hear(error);
  }

  async #query<Query extends FunctionReference<"query">>(
    query: Query,
    args: Args<Query>,
  ): Promise<Query["_returnType"]> {
    return await refused(this.client.query(query, { ...args, sessionToken: this.#token }));
  }

  async #mutate<Mutation extends FunctionReference<"mutation">>(
    mutation: Mutation,
    args: Args<Mutation>,
  ): Promise<Mutation["_returnType"]> {
    return await refused(this.client.mutation(mutation, { ...args, sessionToken: this.#token }));
  }
}

async function refused<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (cause) {
    throw toPraxTalkError(cause);
  }
}

const toPaginationOpts = ({ cursor = null, limit = 50 }: t.PageRequest = {}) => ({
  paginationOpts: { cursor, numItems: limit },
});

const toPage = <Row>({
  page,
  isDone,
  continueCursor,
}: {
  page: Row[];
  isDone: boolean;
  continueCursor: string;
}): t.Page<Row> => ({ rows: page, cursor: isDone ? null : continueCursor });

const toConnection = (state: ReturnType<ConvexClient["connectionState"]>): t.Connection =>
  state.isWebSocketConnected ? "open" : state.hasEverConnected ? "lost" : "connecting";
