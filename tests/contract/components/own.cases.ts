/** What the fixture's own components promise: tables, rights, environment, HTTP, cron jobs and code of their own. */
import { ConvexClient, type ConvexHttpClient } from "convex/browser";
import { describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { action, mutation, query, type Backend, type ConvexProject } from "../../helpers/embedded";

const WAIT = { timeout: 25_000, interval: 50 };

export type Fixture = { backend: Backend; project: ConvexProject; client: ConvexHttpClient };

type Lists = { outer: string[]; twin: string[]; inner: string[] };

export function ownComponentCases(fixture: () => Fixture): void {
  const lists = async () => (await fixture().client.query(query("own:list"), {})) as Lists;
  const runCli = async (...args: string[]) => {
    const { backend, project } = fixture();
    return backend.cli(project.dir, args);
  };

  describe("a call into a component", () => {
    test("that throws and is caught undoes the component's writes alone", async () => {
      const { client } = fixture();
      const caught: unknown = await client.mutation(mutation("own:putAndCatch"), { text: "a" });
      expect(caught).toContain("no a");
      const after = await lists();
      expect(after.outer).toEqual(["kept a"]);
      expect(after.inner.filter((text) => text !== "tick")).toEqual(["deep a"]);
      expect(await client.query(query("own:notes"), {})).toEqual(["before a"]);
    });

    test("is undone with the mutation that made it", async () => {
      await expect(fixture().client.mutation(mutation("own:putAndThrow"), { text: "b" })).rejects.toThrow(
        "nothing of this",
      );
      expect((await lists()).outer).not.toContain("b");
    });

    test("makes the caller depend on what it read: parallel calls count one after the other", async () => {
      const before = (await lists()).outer.length;
      const { client } = fixture();
      await Promise.all(Array.from({ length: 8 }, () => client.mutation(mutation("own:countAndPut"), {})));
      const numbers = (await lists()).outer.slice(before);
      expect(numbers.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `number ${before + i}`).sort());
    });

    test("wakes a live query of the app that reads the component", async () => {
      const { backend, client } = fixture();
      const live = new ConvexClient(backend.url, { webSocketConstructor: WebSocket as never, logger: false });
      const seen: string[][] = [];
      live.onUpdate(query("own:list"), {}, (value) => seen.push((value as Lists).outer));
      await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), WAIT);
      await client.mutation(mutation("own:put"), { text: "live" });
      await vi.waitFor(() => expect(seen.at(-1)).toContain("live"), WAIT);
      await live.close();
    });
  });

  describe("a component", () => {
    test("has tables of its own, also beside another of the same definition", async () => {
      const id = (await fixture().client.mutation(mutation("own:put"), { text: "mine" })) as string;
      const found: unknown = await fixture().client.query(query("own:foreignId"), { id });
      expect(found).toEqual({ read: null, inOuter: "mine", inTwin: null });
      expect((await lists()).twin).toEqual([]);
      await expect(fixture().client.query(query("own:wantsPerson"), { id })).rejects.toThrow(
        "ArgumentValidationError",
      );
    });

    test("cannot be called by a client, but by an admin", async () => {
      const { backend, client } = fixture();
      const call = (headers: Record<string, string>, body: object) =>
        fetch(`${backend.url}/api/function`, {
          method: "POST",
          headers: { "Content-Type": "application/json", ...headers },
          body: JSON.stringify(body),
        });
      const list = { componentPath: "outer", path: "shelf:list", args: {} };
      expect((await call({}, list)).status).toBe(403);
      const asAdmin = await call({ Authorization: `Convex ${backend.adminKey}` }, list);
      expect(await asAdmin.json()).toMatchObject({ status: "success", value: (await lists()).outer });
      await expect(client.query(query("shelf:list"), {})).rejects.toThrow("Could not find public function");
      const unknown = await call(
        { Authorization: `Convex ${backend.adminKey}` },
        { ...list, componentPath: "no" },
      );
      expect(await unknown.json()).toMatchObject({
        status: "error",
        errorMessage: expect.stringContaining("function for 'shelf:list' in 'no'") as string,
      });
    });

    test("cannot be watched by a client that names it on its socket", async () => {
      const socket = new WebSocket(`${fixture().backend.url.replace("http", "ws")}/api/1.48.0/sync`);
      const received: string[] = [];
      socket.on("message", (data: Buffer) => received.push(data.toString()));
      await new Promise((resolve) => socket.once("open", resolve));
      const send = (message: object) => socket.send(JSON.stringify(message));
      send({ type: "Connect", sessionId: crypto.randomUUID(), connectionCount: 0, lastCloseReason: null });
      const query = { queryId: 0, udfPath: "shelf:list", args: [{}], componentPath: "outer" };
      send({
        type: "ModifyQuerySet",
        baseVersion: 0,
        newVersion: 1,
        modifications: [{ type: "Add", ...query }],
      });
      await vi.waitFor(() => {
        expect(received.join("\n")).toContain("Could not find public function for 'shelf:list' in 'outer'");
      }, WAIT);
      socket.close();
    });

    test("sees the variables that it declares, as bound, and no others", async () => {
      const { client, backend } = fixture();
      const set = await runCli("env", "set", "GREETING", "hello");
      expect(set.output).toContain("GREETING");
      await runCli("env", "set", "SECRET_OF_THE_APP", "secret");
      expect(await client.query(query("own:settings"), {})).toEqual({
        outer: {
          GREETING: "hello",
          MODE: "first",
          SECRET_OF_THE_APP: null,
          CONVEX_SITE_URL: `${backend.siteUrl}/outer`,
          inner: "hello",
        },
        twin: {
          GREETING: null,
          MODE: "second",
          SECRET_OF_THE_APP: null,
          CONVEX_SITE_URL: backend.siteUrl,
          inner: null,
        },
      });
    });

    test("is told who an admin acts as, also by an action", async () => {
      const { backend } = fixture();
      const acting = Buffer.from(JSON.stringify({ tokenIdentifier: "i|s", name: "Ada" })).toString("base64");
      const headers = { "Content-Type": "application/json" };
      const admin = { ...headers, Authorization: `Convex ${backend.adminKey}:${acting}` };
      const ask = async (kind: "query" | "action", path: string) => {
        const body = JSON.stringify({ path, args: {} });
        const answer = await fetch(`${backend.url}/api/${kind}`, { method: "POST", headers: admin, body });
        return ((await answer.json()) as { value: unknown }).value;
      };
      expect(await ask("query", "own:whoIsInside")).toEqual({ name: "Ada", path: "outer" });
      expect(await ask("action", "own:whoIsInsideAction")).toEqual({ name: "Ada", path: "outer" });
    });

    test("may not paginate: only clients of the app keep the ends of pages", async () => {
      await expect(fixture().client.query(query("own:pages"), {})).rejects.toThrow(
        "paginate() is only supported in the app.",
      );
    });

    test("schedules its own functions, and the app's by their handle", async () => {
      const { client } = fixture();
      await client.mutation(mutation("own:putLater"), { text: "later" });
      await vi.waitFor(async () => {
        expect((await lists()).outer).toContain("later");
        expect(await client.query(query("own:notes"), {})).toContain("later");
      }, WAIT);
    });

    test("runs its cron jobs", async () => {
      await vi.waitFor(async () => expect((await lists()).inner).toContain("tick"), WAIT);
    });
  });

  describe("a function handle", () => {
    test("works in actions, is the same each time, and names nothing else", async () => {
      const { client } = fixture();
      expect(await client.action(action("own:callBack"), { text: "from inside" })).toBe("noted from inside");
      const handle = (await client.query(query("own:handleOfNote"), {})) as string;
      expect(handle).toMatch(/^function:\/\//);
      expect(await client.query(query("own:handleOfNote"), {})).toBe(handle);
      expect(await client.mutation(mutation("own:useHandle"), { handle, text: "by handle" })).toBe(
        "noted by handle",
      );
      const last = handle.charAt("function://".length) === "0" ? "1" : "0";
      const forged = handle.replace(/(?<=^function:\/\/)./, last);
      await expect(
        client.mutation(mutation("own:useHandle"), { handle: forged, text: "forged" }),
      ).rejects.toThrow("Function handle not found");
    });
  });

  test("HTTP goes to the longest prefix, a mount before a route, an exact route before both", async () => {
    const { backend } = fixture();
    const get = async (where: string) => {
      const answer = await fetch(`${backend.siteUrl}${where}`);
      return answer.ok ? await answer.text() : answer.status;
    };
    expect(await get("/")).toBe("the app");
    expect(await get("/outer/exact")).toBe("an exact route of the app");
    expect(await get("/outer/anything")).toBe("outer /outer/anything");
    expect(JSON.parse(String(await get("/outer/inner/texts")))).toContain("tick");
    expect(await get("/outer/inner/deeper/x")).toBe("a longer prefix of the app");
    expect(await get("/outer/inner/nothing")).toBe(404);
    expect(await get("/nowhere")).toBe(404);
  });

  describe("the CLI", () => {
    test("shows a component's tables and documents, and runs its functions", async () => {
      const tables = await runCli("data", "--component", "outer/inner");
      expect(tables.stdout.trim()).toBe("texts");
      expect((await runCli("data", "texts", "--component", "outer/inner")).stdout).toContain("tick");
      const ran = await runCli("run", "--component", "outer", "shelf:list");
      expect(JSON.parse(ran.stdout)).toEqual((await lists()).outer);
    });
  });
}
