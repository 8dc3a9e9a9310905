import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import type { Doc } from "../../../convex/_generated/dataModel";
import { deleteAttachments } from "../../../convex/model/attachments";
import { ATTACHMENTS_MAX, FILE_MAX, UPLOADS_PER_OPERATOR, UPLOADS_PER_VISITOR } from "../../../lib/limits";
import { convexTestApp, seedWorkspace } from "../../helpers/convex-test";

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const HOUR = 60 * 60 * 1000;
const visitorKey = `v_${"0".repeat(64)}`;
const otherKey = `v_${"1".repeat(64)}`;

type Uploaded = { id: string; name: string; type: string; size: number };

async function scene() {
  const t = convexTestApp();
  const workspace = await seedWorkspace(t, "acme");
  const { widgetId, sessionToken } = workspace;
  const visitor = { widgetId, visitorKey };
  const { conversationId } = await t.mutation(api.visitors.identifyAndStartConversation, visitor);

  const post = async (
    url: string,
    content: Uint8Array<ArrayBuffer>,
    { name = "photo.png", origin = "" } = {},
  ) => {
    const { pathname, search } = new URL(`${url}&name=${encodeURIComponent(name)}`);
    const headers = new Headers(origin === "" ? [] : [["Origin", origin]]);
    return await t.fetch(pathname + search, { method: "POST", body: content, headers });
  };
  const visitorUrl = (key = visitorKey) =>
    t.mutation(api.visitors.generateUploadUrl, { widgetId, visitorKey: key });
  const operatorUrl = () => t.mutation(api.messages.generateUploadUrl, { sessionToken, conversationId });
  const upload = async (url: string, content = PNG, name?: string): Promise<Uploaded> => {
    const response = await post(url, content, { name });
    expect(response.status).toBe(200);
    return (await response.json()) as Uploaded;
  };
  const sendAsVisitor = (attachments: string[], change: { body?: string; clientMessageId?: string } = {}) =>
    t.mutation(api.visitors.sendVisitorMessage, {
      ...visitor,
      conversationId,
      body: "",
      attachments,
      ...change,
    });
  const rows = () => t.query(api.visitors.listMessagesForVisitor, { ...visitor, conversationId });
  const download = (url: string) => t.fetch(new URL(url).pathname);
  const stored = () => t.run((ctx) => ctx.db.system.query("_storage").collect());
  return {
    ...{ t, workspace, conversationId, post, visitorUrl, operatorUrl, upload },
    ...{ sendAsVisitor, rows, download, stored },
  };
}

describe("a file of a message", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is served once its message was sent, to both sides, as what its bytes are", async () => {
    const { t, workspace, conversationId, visitorUrl, upload, sendAsVisitor, rows, download } = await scene();
    const file = await upload(await visitorUrl(), PNG, "../kettle.html");
    expect(file).toEqual({
      id: expect.any(String) as string,
      name: "kettle.html",
      type: "image/png",
      size: 11,
    });
    expect((await download(`http://x/widget/files/${file.id}`)).status).toBe(404);

    await sendAsVisitor([file.id]);
    const [message] = await rows();
    const url = `http://127.0.0.1:3211/widget/files/${file.id}`;
    expect(message).toMatchObject({
      body: "",
      attachments: [{ name: "kettle.html", type: "image/png", size: 11, url }],
    });
    const { sessionToken } = workspace;
    const [inboxRow] = await t.query(api.conversations.listInbox, { sessionToken });
    expect(inboxRow?.lastMessage?.preview).toBe("kettle.html");
    const [operatorRow] = await t.query(api.messages.listByConversation, { sessionToken, conversationId });
    expect(operatorRow?.attachments).toEqual(message?.attachments);

    const response = await download(url);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-disposition": "inline; filename*=UTF-8''kettle.html",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "private, max-age=31536000, immutable",
    });
  });

  it("that is no image is only ever saved, whatever its sender calls it", async () => {
    const { visitorUrl, upload, sendAsVisitor, rows, download } = await scene();
    const page = new TextEncoder().encode("<script>alert(1)</script>");
    const { id } = await upload(await visitorUrl(), page, "a.html");
    await sendAsVisitor([id], { body: "See this" });
    const response = await download((await rows())[0]!.attachments[0]!.url);
    expect(response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect(response.headers.get("Content-Disposition")).toMatch(/^attachment;/);
  });

  it("is told to receivers of the event, and is absent of events without one", async () => {
    const { t, visitorUrl, upload, sendAsVisitor } = await scene();
    const { id } = await upload(await visitorUrl());
    await sendAsVisitor([id]);
    await sendAsVisitor([], { body: "And a word" });
    const payloads = await t.run(async (ctx) =>
      (await ctx.db.query("events").collect())
        .filter(({ type }) => type === "message.created")
        .map(({ payload }) => JSON.parse(payload) as Record<string, unknown>),
    );
    const url = `http://127.0.0.1:3211/widget/files/${id}`;
    expect(payloads[0]).toMatchObject({
      attachments: [{ name: "photo.png", type: "image/png", size: 11, url }],
    });
    expect(payloads[1]).not.toHaveProperty("attachments");
  });

  it("of an operator goes with an answer and with a note", async () => {
    const { t, workspace, conversationId, operatorUrl, upload, rows } = await scene();
    const { sessionToken } = workspace;
    const [answer, note] = [await upload(await operatorUrl()), await upload(await operatorUrl())];
    const send = (attachments: string[], internal: boolean) =>
      t.mutation(api.messages.send, { sessionToken, conversationId, body: " ", internal, attachments });
    await send([answer.id], false);
    await send([note.id], true);
    expect((await rows()).map(({ attachments }) => attachments.length)).toEqual([1]);
    const all = await t.query(api.messages.listByConversation, { sessionToken, conversationId });
    expect(all.map(({ role, attachments }) => [role, attachments.length])).toEqual([
      ["operator", 1],
      ["internal_note", 1],
    ]);
  });

  it("is not sent twice, but a repeated message is still the first one", async () => {
    const { visitorUrl, upload, sendAsVisitor } = await scene();
    const { id } = await upload(await visitorUrl());
    const first = await sendAsVisitor([id], { clientMessageId: "m1" });
    expect(await sendAsVisitor([id], { clientMessageId: "m1" })).toBe(first);
    await expect(sendAsVisitor([id], { clientMessageId: "m2" })).rejects.toThrow("CONFLICT");
  });

  it("is of its sender, of the brand, and there", async () => {
    const { t, workspace, visitorUrl, operatorUrl, upload, sendAsVisitor } = await scene();
    const { widgetId } = workspace;
    await t.mutation(api.visitors.identifyAndStartConversation, { widgetId, visitorKey: otherKey });
    const ofOther = await upload(await visitorUrl(otherKey));
    const ofOperator = await upload(await operatorUrl());
    const elsewhere = { widgetId: (await seedWorkspace(t, "globex")).widgetId, visitorKey };
    await t.mutation(api.visitors.identifyAndStartConversation, elsewhere);
    const ofBrand = await upload(await t.mutation(api.visitors.generateUploadUrl, elsewhere));
    const unused = new URL(await visitorUrl()).searchParams.get("ticket")!;
    for (const id of [ofOther.id, ofOperator.id, ofBrand.id, unused, "nothing"]) {
      await expect(sendAsVisitor([id])).rejects.toThrow("NOT_FOUND");
    }
    const { _id, _creationTime, ...brand } = await t.run(
      async ({ db }) => (await db.get("brands", workspace.brandId))!,
    );
    await t.run(({ db }) => db.insert("brands", { ...brand, widgetId: "ws_second" }));
    const second = { widgetId: "ws_second", visitorKey };
    const { conversationId } = await t.mutation(api.visitors.identifyAndStartConversation, second);
    const message = { sessionToken: workspace.sessionToken, conversationId, body: "" };
    await expect(t.mutation(api.messages.send, { ...message, attachments: [ofOperator.id] })).rejects.toThrow(
      "NOT_FOUND",
    );
  });

  it(`is one of at most ${ATTACHMENTS_MAX}, each once; without any there must be words`, async () => {
    const { visitorUrl, upload, sendAsVisitor, rows } = await scene();
    const ids: string[] = [];
    for (let n = 0; n <= ATTACHMENTS_MAX; n++) ids.push((await upload(await visitorUrl())).id);
    await expect(sendAsVisitor(ids)).rejects.toThrow("VALIDATION");
    await expect(sendAsVisitor([ids[0]!, ids[0]!])).rejects.toThrow("VALIDATION");
    await expect(sendAsVisitor([])).rejects.toThrow("VALIDATION");
    await sendAsVisitor(ids.slice(1));
    expect((await rows())[0]?.attachments).toHaveLength(ATTACHMENTS_MAX);
  });

  it("is deleted with its message", async () => {
    const { t, visitorUrl, upload, sendAsVisitor, rows, download, stored } = await scene();
    const { id } = await upload(await visitorUrl());
    const messageId = await sendAsVisitor([id]);
    const { url } = (await rows())[0]!.attachments[0]!;
    await t.run(async (ctx) => {
      const message: Doc<"messages"> | null = await ctx.db.get("messages", messageId);
      await deleteAttachments(ctx, message!);
    });
    expect((await download(url)).status).toBe(404);
    expect(await stored()).toEqual([]);
  });
});

describe("an upload", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is permitted once and for an hour", async () => {
    const { visitorUrl, post, stored } = await scene();
    const url = await visitorUrl();
    expect((await post(url, PNG)).status).toBe(200);
    const again = await post(url, PNG);
    expect([again.status, await again.json()]).toMatchObject([404, { code: "NOT_FOUND" }]);
    const late = await visitorUrl();
    vi.setSystemTime(Date.now() + HOUR);
    expect((await post(late, PNG)).status).toBe(404);
    expect(await stored()).toHaveLength(1);
  });

  it("is neither too large nor empty; a refused one may be tried again", async () => {
    const { visitorUrl, post, upload, stored } = await scene();
    const url = await visitorUrl();
    const large = await post(url, new Uint8Array(FILE_MAX + 1));
    expect([large.status, await large.json()]).toMatchObject([413, { code: "PAYLOAD_TOO_LARGE" }]);
    expect(large.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect((await post(url, new Uint8Array())).status).toBe(422);
    expect(await stored()).toEqual([]);
    expect((await upload(url, new Uint8Array(FILE_MAX))).size).toBe(FILE_MAX);
  });

  it("comes from the brand's own pages where it has named them; an operator's from the dashboard", async () => {
    const { t, workspace, visitorUrl, operatorUrl, post } = await scene();
    const { sessionToken, brandId } = workspace;
    const [forVisitor, forOperator] = [await visitorUrl(), await operatorUrl()];
    const allowedOrigins = ["https://shop.example"];
    await t.mutation(api.brands.update, { sessionToken, brandId, allowedOrigins });
    expect((await post(forVisitor, PNG, { origin: "https://evil.example" })).status).toBe(403);
    expect((await post(forVisitor, PNG)).status).toBe(403);
    const allowed = await post(forVisitor, PNG, { origin: "https://shop.example" });
    expect([allowed.status, allowed.headers.get("Access-Control-Allow-Origin")]).toEqual([
      200,
      "https://shop.example",
    ]);
    expect((await post(forOperator, PNG, { origin: "https://chat.example" })).status).toBe(200);
  });

  it("is refused to strangers, and to visitors where the brand takes no files", async () => {
    const { t, workspace, conversationId, visitorUrl, operatorUrl } = await scene();
    const { sessionToken, brandId } = workspace;
    await expect(visitorUrl(otherKey)).rejects.toThrow("NOT_FOUND");
    const { sessionToken: foreign } = await seedWorkspace(t, "globex");
    await expect(
      t.mutation(api.messages.generateUploadUrl, { sessionToken: foreign, conversationId }),
    ).rejects.toThrow("NOT_FOUND");
    await t.mutation(api.brands.update, { sessionToken, brandId, allowAttachments: false });
    await expect(visitorUrl()).rejects.toThrow("FORBIDDEN");
    expect(await operatorUrl()).toEqual(expect.any(String));
  });

  it("is one too many after so many of one visitor or operator", async () => {
    const { visitorUrl, operatorUrl } = await scene();
    for (let n = 0; n < UPLOADS_PER_VISITOR; n++) await visitorUrl();
    await expect(visitorUrl()).rejects.toThrow("RATE_LIMITED");
    for (let n = 0; n < UPLOADS_PER_OPERATOR; n++) await operatorUrl();
    await expect(operatorUrl()).rejects.toThrow("RATE_LIMITED");
  });

  it("that was never sent goes after a day, an unused permission after its hour; what was sent stays", async () => {
    const { t, visitorUrl, upload, sendAsVisitor, rows, download, stored } = await scene();
    const [sent, unsent] = [await upload(await visitorUrl()), await upload(await visitorUrl())];
    await sendAsVisitor([sent.id]);
    await visitorUrl();
    const uploads = () => t.run((ctx) => ctx.db.query("uploads").collect());
    vi.setSystemTime(Date.now() + HOUR);
    await t.mutation(internal.retention.purge, { what: "uploads" });
    expect((await uploads()).map(({ _id }) => _id)).toEqual([sent.id, unsent.id]);
    vi.setSystemTime(Date.now() + 23 * HOUR);
    await t.mutation(internal.retention.purge, { what: "uploads" });
    expect((await uploads()).map(({ _id }) => _id)).toEqual([sent.id]);
    expect(await stored()).toHaveLength(1);
    expect((await download((await rows())[0]!.attachments[0]!.url)).status).toBe(200);
  });
});
