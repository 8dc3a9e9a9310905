/** Every verifier that the documentation hands out, over one file of requests; and what PraxTalk itself makes of them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signatureHeaders, signingOrder } from "../../../convex/logic/webhookSignature";
import { REPOSITORY } from "../../helpers/embedded";

type Verdict = "accepts" | "refuses" | "throws";
type Verifier = "node" | "python" | "short" | "standardwebhooks";
type Vector = {
  name: string;
  secret: string;
  signedWith?: string[];
  body?: string;
  bodyTimes?: number;
  bodyBase64?: string;
  headers: Record<string, string>;
  expected: Record<Verifier, Verdict>;
};
type Verify = (secret: string, header: string | undefined, rawBody: Buffer | string, now?: number) => boolean;

const folder = path.join(REPOSITORY, "docs/webhooks");
const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
const { now, vectors } = JSON.parse(read("vectors.json")) as { now: number; vectors: Vector[] };

const bodyOf = ({ body = "", bodyTimes = 1, bodyBase64 }: Vector): Buffer =>
  bodyBase64 === undefined ? Buffer.from(body.repeat(bodyTimes)) : Buffer.from(bodyBase64, "base64");

const headerOf = ({ headers }: Vector): string | undefined => headers["X-PraxTalk-Signature"];

function verdict(verify: () => boolean): Verdict {
  try {
    return verify() ? "accepts" : "refuses";
  } catch {
    return "throws";
  }
}

/** The exports of a module's text. The text is a program's own, which may have none. */
async function load(text: string): Promise<{ verify: Verify }> {
  const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
  return (await import(/* @vite-ignore */ url)) as { verify: Verify };
}

const { verify } = await load(read("verify.mjs"));
const { verify: verifyShort } = await load(`${read("verify-short.mjs")}\nexport { verify };`);

type Case = { secret: string; header: string | undefined; rawBody: Buffer };

/** One run of Python over all of them. */
function pythonVerdicts(cases: Case[]): Verdict[] {
  const program = `
import base64, json, sys
from verify import verify
given = json.load(sys.stdin)
def verdict(case):
    raw_body = base64.b64decode(case["rawBody"])
    try:
        return "accepts" if verify(case["secret"], case["header"], raw_body, given["now"]) is True else "refuses"
    except Exception as error:
        print(case["header"], repr(error), file=sys.stderr)
        return "throws"
json.dump([verdict(case) for case in given["cases"]], sys.stdout)`;
  const input = cases.map(({ secret, header = null, rawBody }) => ({
    secret,
    header,
    rawBody: rawBody.toString("base64"),
  }));
  const output = execFileSync("python3", ["-B", "-c", program], {
    cwd: folder,
    input: JSON.stringify({ now, cases: input }),
    encoding: "utf8",
  });
  return JSON.parse(output) as Verdict[];
}

const caseOf = (vector: Vector): Case => ({
  secret: vector.secret,
  header: headerOf(vector),
  rawBody: bodyOf(vector),
});

describe("verifiers", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: now * 1_000 }));
  afterEach(() => vi.useRealTimers());

  it("have enough to judge", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(20);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    for (const verifier of ["node", "python", "short", "standardwebhooks"] as const) {
      const verdicts = new Set(vectors.map(({ expected }) => expected[verifier]));
      expect([...verdicts].sort()).toEqual(
        verifier === "short" ? ["accepts", "refuses", "throws"] : ["accepts", "refuses"],
      );
    }
  });

  it.each(vectors)("$name: Node", (vector) => {
    const header = headerOf(vector);
    expect(verdict(() => verify(vector.secret, header, bodyOf(vector), now))).toBe(vector.expected.node);
    // The clock is the same when it is not given.
    expect(verdict(() => verify(vector.secret, header, bodyOf(vector)))).toBe(vector.expected.node);
  });

  it.each(vectors)("$name: the short form", (vector) => {
    // Without types nothing keeps an absent header from it.
    const header = headerOf(vector);
    expect(verdict(() => verifyShort(vector.secret, header, bodyOf(vector)))).toBe(vector.expected.short);
  });

  it.each(vectors)("$name: standardwebhooks", (vector) => {
    const accepts = () => {
      new Webhook(vector.secret).verify(bodyOf(vector), vector.headers, { jsonParse: false });
      return true;
    };
    expect(verdict(accepts)).toBe(vector.expected.standardwebhooks === "accepts" ? "accepts" : "throws");
  });

  it("in Python judge the same", () => {
    const verdicts = pythonVerdicts(vectors.map(caseOf));
    expect(vectors.map(({ name }, index) => [name, verdicts[index]])).toEqual(
      vectors.map(({ name, expected }) => [name, expected.python]),
    );
  });

  it("in Node and in Python agree about every header, and throw at none", () => {
    const { secret, header: genuine = "", rawBody } = caseOf(vectors[0]!);
    const signature = genuine.slice(genuine.indexOf("v1="));
    const time = fc
      .oneof(fc.constant(now), fc.integer({ min: now - 400, max: now + 400 }))
      .map((t) => `t=${t}`);
    const part = fc.oneof(
      time,
      fc.constantFrom(signature, ` ${signature}`, signature.slice(1), "v1=", "t=", ""),
      fc.string({ unit: fc.constantFrom(..."t=v10123456789abcdef ٣é\n\x1c\ufeff"), maxLength: 70 }),
      fc.string({ unit: "grapheme" }),
    );
    const header = fc.oneof(
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join(",")),
      fc
        .tuple(fc.nat({ max: genuine.length }), fc.string({ maxLength: 2 }))
        .map(([at, inserted]) => genuine.slice(0, at) + inserted + genuine.slice(at + inserted.length)),
    );
    fc.assert(
      fc.property(fc.array(header, { minLength: 300, maxLength: 300 }), (headers) => {
        const cases = headers.map((header) => ({ secret, header, rawBody }));
        const byNode = cases.map(({ header }) => verdict(() => verify(secret, header, rawBody, now)));
        expect(byNode).not.toContain("throws");
        expect(pythonVerdicts(cases)).toEqual(byNode);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  it("say so when no secret is set, instead of taking the empty one", () => {
    expect(() => verify("", "t=1,v1=00", "")).toThrow("Set the secret");
    const python = 'from verify import verify\nverify("", "t=1,v1=00", b"")';
    expect(() => execFileSync("python3", ["-B", "-c", python], { cwd: folder, stdio: "pipe" })).toThrow(
      "Set the secret",
    );
  });
});

describe("the headers that PraxTalk makes", () => {
  it.each(vectors.filter(({ signedWith }) => signedWith !== undefined))("$name", async (vector) => {
    const made = await signatureHeaders({
      eventId: vector.headers["webhook-id"] ?? "",
      body: bodyOf(vector).toString(),
      secrets: vector.signedWith ?? [],
      timestamp: Number(vector.headers["webhook-timestamp"]),
    });
    expect(Object.fromEntries(made)).toEqual(vector.headers);
  });

  const [{ signedWith: [oldSecret = "", newSecret = ""] = [] } = {}] = vectors.filter(
    ({ signedWith }) => signedWith?.length === 2,
  );

  it.each([
    ["before a rotation", { current: oldSecret }, [oldSecret]],
    [
      "until the receiver is said to have the new secret",
      { current: newSecret, previous: oldSecret, previousUntil: 2 },
      [oldSecret],
    ],
    [
      "after that",
      { current: newSecret, previous: oldSecret, previousUntil: 2, confirmedAt: 1 },
      [newSecret],
    ],
    ["after the rotation", { current: newSecret }, [newSecret]],
  ])(
    "%s are taken by the short form, and by the others with either secret",
    async (_name, rotation, short) => {
      const secrets = signingOrder(rotation, 1);
      const body = '{"text":"Grüße 👋"}';
      const made = await signatureHeaders({ eventId: "evt_1", body, secrets, timestamp: now });
      const header = new Map(made).get("X-PraxTalk-Signature");
      expect(secrets.filter((secret) => verifyShort(secret, header, body))).toEqual(short);
      expect(secrets.filter((secret) => verify(secret, header, body, now))).toEqual(secrets);
    },
  );

  it("is taken by the short form for every body, with the first secret, and by the others with each", async () => {
    const orders = fc.constantFrom([oldSecret], [oldSecret, newSecret], [newSecret, oldSecret]);
    const anyBody = fc.string({ unit: "grapheme" });
    await fc.assert(
      fc.asyncProperty(anyBody, orders, async (body, secrets) => {
        const made = new Map(await signatureHeaders({ eventId: "evt_1", body, secrets, timestamp: now }));
        const header = made.get("X-PraxTalk-Signature");
        const rawBody = Buffer.from(body);
        expect(verifyShort(secrets[0] ?? "", header, rawBody)).toBe(true);
        for (const secret of secrets) expect(verify(secret, header, rawBody, now)).toBe(true);
      }),
    );
  });
});
