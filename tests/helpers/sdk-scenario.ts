/** What agent software does on the SDK, from its first subscription to its last call: the same in Node and in a page. */
import type * as Sdk from "../../sdk/src/index";

export type Scenario = {
  url: string;
  token: string;
  /** Of another operator. */
  colleagueToken: string;
  /** One that is there already, with one message. */
  conversationId: string;
};

type Subscribe<Value> = (onValue: (value: Value) => void, onError: (error: Error) => void) => () => void;

/** The first value for which `isIt` holds; then the subscription ends. */
function until<Value>(subscribe: Subscribe<Value>, isIt: (value: Value) => boolean): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = subscribe((value) => {
      if (!isIt(value)) return;
      resolve(value);
      queueMicrotask(() => stop());
    }, reject);
  });
}

/** `t=…,v1=…` over a body, as PraxTalk signs. */
async function sign(secret: string, body: string, time: number): Promise<string> {
  const bytes = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), hmac, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, bytes.encode(`${time}.${body}`));
  const hex = [...new Uint8Array(signature)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `t=${time},v1=${hex}`;
}

/** Runs through all of it, and tells what it saw, without ids. */
export async function useSdk({ PraxTalk, webhooks }: typeof Sdk, scenario: Scenario) {
  const { url, token, colleagueToken, conversationId } = scenario;
  const praxtalk = new PraxTalk({ url, token });
  const colleague = new PraxTalk({ url, token: colleagueToken });
  const conversation = praxtalk.conversation(conversationId);
  const theirs = colleague.conversation(conversationId);
  const [newest] = await until<Sdk.Conversation[]>(
    (onRows, onError) => praxtalk.inbox.subscribe({ status: "open", limit: 1 }, onRows, onError),
    () => true,
  );

  const presence = (isIt: (presence: Sdk.Presence) => boolean) =>
    until<Sdk.Presence | null>(
      (onValue, onError) => conversation.presence.subscribe(onValue, onError),
      (value) => value !== null && isIt(value),
    );
  const alone = await presence(() => true);
  await theirs.presence.setViewing(true);
  await theirs.presence.setTyping(true);
  const beside = await presence(({ operators }) => operators[0]?.isViewing === true && operators[0].isTyping);
  await theirs.presence.setTyping(false);
  await theirs.presence.setViewing(false);
  const aloneAgain = await presence(({ operators }) => operators.length === 0);

  const followed = new Promise<Sdk.PraxTalkEvent>((resolve, reject) => {
    const stop = praxtalk.events.follow(
      (event) => {
        if (event.type !== "message.created" || event.data.conversationId !== conversationId) return;
        stop();
        resolve(event);
      },
      { type: "message.created", onError: reject },
    );
  });
  // Following begins with what comes after its first answer.
  await until<Sdk.Message[]>(
    (onRows, onError) => conversation.messages.subscribe(onRows, { onError }),
    () => true,
  );
  const once = { clientMessageId: `once-${conversationId}` };
  const replies = [await conversation.reply("On it", once), await conversation.reply("On it", once)];
  await conversation.note("A regular");
  const messages = await until<Sdk.Message[]>(
    (onRows, onError) => conversation.messages.subscribe(onRows, { onError }),
    (rows) => rows.length > 1,
  );
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Sdk.Page<Sdk.Message> = await conversation.messages.page({ cursor, limit: 1 });
    paged.push(...page.rows.map(({ body }) => body));
    cursor = page.cursor;
  } while (cursor !== null);

  await conversation.assign("me");
  const assigned = await praxtalk.inbox.page({ assignee: "me" }, { limit: 200 });
  await conversation.assign(null);
  await conversation.snooze(Date.now() + 60 * 60 * 1000);
  const snoozed = await conversation.get();
  await conversation.setStatus("resolved");
  const resolved = await until<Sdk.Conversation | null>(
    (onRow, onError) => conversation.subscribe(onRow, onError),
    (row) => row?.status === "resolved",
  );

  const lead = await praxtalk.leads.create({ name: "Maya", email: "Maya@Acme.test", conversationId });
  await praxtalk.leads.update(lead.id, { status: "won", email: null });
  const [won] = await until<Sdk.Lead[]>(
    (onRows, onError) => praxtalk.leads.subscribe({ status: "won", limit: 1 }, onRows, onError),
    (rows) => rows[0]?.id === lead.id,
  );
  const brands = await until<Sdk.Brand[]>(
    (onRows, onError) => praxtalk.brands.subscribe(onRows, onError),
    () => true,
  );
  const changes: string[] = [];
  for await (const { event } of praxtalk.events.read()) {
    if (event.data.conversationId === conversationId) changes.push(event.type);
  }

  const [now, body] = [Math.floor(Date.now() / 1000), JSON.stringify({ type: "lead.created" })];
  const signature = await sign("whsec_test", body, now);
  const refused = await praxtalk
    .conversation("nothing")
    .reply("x")
    .catch((error: unknown) => error);
  const report = {
    newest: newest?.id === conversationId,
    presence: [alone, beside, aloneAgain].map((each) =>
      each?.operators.map(({ name, isViewing, isTyping }) => ({ name, isViewing, isTyping })),
    ),
    followed: (await followed).type,
    sameReply: replies[0]?.id === replies[1]?.id,
    messages: messages.map(({ role, body }) => `${role}: ${body}`),
    paged,
    assigned: assigned.rows.map(({ id }) => id).includes(conversationId),
    statuses: [snoozed?.status, resolved?.status],
    lead: { name: won?.name, email: won?.email ?? null, status: won?.status },
    brands: brands.length,
    changes,
    webhook: [
      (await webhooks.verify("whsec_test", signature, body))?.type,
      await webhooks.verify("whsec_test", signature, `${body} `),
    ],
    missing: await praxtalk.conversation("nothing").get(),
    refused: refused instanceof Error && "code" in refused ? refused.code : null,
    connection: praxtalk.connection.get(),
  };
  await Promise.all([praxtalk.close(), colleague.close()]);
  return report;
}
