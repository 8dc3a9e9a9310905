// @vitest-environment node
// Node, not the edge runtime: passwords are hashed by a "use node" module.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import { stepAt, totpCode } from "../../../convex/logic/totp";
import { readError, readErrorCode } from "../../../lib/errors";
import { CODES_PER_OPERATOR_HOUR, LOGIN_CODE_TRIES } from "../../../lib/limits";
import { convexTestApp } from "../../helpers/convex-test";
import { useVirtualTime } from "../../helpers/virtual-time";

vi.setConfig({ testTimeout: 60_000 });

const PASSWORD = "correct horse battery";
const EMAIL = "ada@acme.test";
const STEP = 30_000;

beforeEach(() => {
  useVirtualTime();
  vi.stubEnv("PRAXTALK_SECRET_KEY", Buffer.alloc(32, 7).toString("base64"));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

async function scene() {
  const t = convexTestApp();
  const account = { workspace: "Acme", name: "Ada", email: EMAIL, password: PASSWORD };
  const owner = await t.action(internal.setup.provision, account);
  const me = { sessionToken: owner.sessionToken };
  const codeNow = async (secret: string) => await totpCode(secret, stepAt(Date.now()));
  return {
    t,
    owner,
    me,
    codeNow,
    status: () => t.query(api.twoStep.status, me),
    begin: () => t.action(api.twoStep.begin, { ...me, password: PASSWORD }),
    confirm: (code: string) => t.action(api.twoStep.confirm, { ...me, code }),
    /** On, with the secret, the recovery codes, and time for a fresh code. */
    turnOn: async () => {
      const { secret } = await t.action(api.twoStep.begin, { ...me, password: PASSWORD });
      const { recoveryCodes } = await t.action(api.twoStep.confirm, { ...me, code: await codeNow(secret) });
      vi.setSystemTime(Date.now() + STEP);
      return { secret, recoveryCodes };
    },
    /** The challenge of a login whose password is right. */
    challenge: async () => {
      const error: unknown = await t.action(api.auth.login, { email: EMAIL, password: PASSWORD }).then(
        () => null,
        (refused: unknown) => refused,
      );
      expect(readErrorCode(error)).toBe("TWO_STEP_REQUIRED");
      return readError(error)?.challenge ?? "";
    },
    complete: (challenge: string, code: string) =>
      t.action(api.auth.completeLogin, { challenge, code }).then(
        ({ sessionToken }) => ({ sessionToken }),
        (error: unknown) => ({ refused: readErrorCode(error) }),
      ),
  };
}

const WRONG = { refused: "INVALID_CREDENTIALS" };
const OVER = { refused: "UNAUTHENTICATED" };

describe("two-step sign-in", () => {
  it("is on once a code of the new secret was typed, and asked for at every login from then on", async () => {
    const { t, status, begin, confirm, codeNow, challenge, complete } = await scene();
    expect(await status()).toEqual({ since: null, recoveryCodesLeft: 0, isAvailable: true });
    const { secret, uri } = await begin();
    expect(uri).toBe(`otpauth://totp/PraxTalk:ada%40acme.test?secret=${secret}&issuer=PraxTalk`);
    expect(await confirm("000000").then(String, readErrorCode)).toBe("INVALID_CREDENTIALS");
    await t.action(api.auth.login, { email: EMAIL, password: PASSWORD });
    const { recoveryCodes } = await confirm(await codeNow(secret));
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await status()).toEqual({ since: Date.now(), recoveryCodesLeft: 10, isAvailable: true });
    const stored = JSON.stringify(await t.run((ctx) => ctx.db.query("twoSteps").collect()));
    for (const text of [secret, ...recoveryCodes]) expect(stored).not.toContain(text);

    const open = await challenge();
    expect(await t.query(api.auth.me, { sessionToken: open })).toBeNull();
    // The code that confirmed it is used up.
    expect(await complete(open, await codeNow(secret))).toEqual(WRONG);
    vi.setSystemTime(Date.now() + STEP);
    const done = await complete(open, await codeNow(secret));
    expect(done).toEqual({ sessionToken: expect.any(String) as string });
    expect(await complete(open, await codeNow(secret))).toEqual(OVER);
  });

  it("takes each code once, and no code of a step before", async () => {
    const { turnOn, challenge, complete, codeNow } = await scene();
    const { secret } = await turnOn();
    const before = await totpCode(secret, stepAt(Date.now()) - 1);
    const code = await codeNow(secret);
    const [first, second, third] = [await challenge(), await challenge(), await challenge()];
    const outcomes = await Promise.all([complete(first, code), complete(second, code)]);
    expect(outcomes.filter((outcome) => "sessionToken" in outcome)).toHaveLength(1);
    expect(await complete(third, code)).toEqual(WRONG);
    expect(await complete(third, before)).toEqual(WRONG);
  });

  it("takes a recovery code in the place of one, once", async () => {
    const { turnOn, challenge, complete, status, t, me } = await scene();
    const { recoveryCodes } = await turnOn();
    const [code] = recoveryCodes;
    const open = await challenge();
    expect(await complete(open, "aaaa-aaaa-aaaa-aaaa")).toEqual(WRONG);
    expect(await complete(open, code!.toUpperCase().replaceAll("-", " "))).toHaveProperty("sessionToken");
    expect(await complete(await challenge(), code!)).toEqual(WRONG);
    expect((await status()).recoveryCodesLeft).toBe(9);
    const renewed = await t.action(api.twoStep.renewRecoveryCodes, { ...me, password: PASSWORD });
    expect(await complete(await challenge(), recoveryCodes[1]!)).toEqual(WRONG);
    expect(await complete(await challenge(), renewed.recoveryCodes[1]!)).toHaveProperty("sessionToken");
  });

  it("ends a challenge after a few wrong codes, after five minutes, and with a new password", async () => {
    const { t, me, turnOn, challenge, complete, codeNow } = await scene();
    const { secret } = await turnOn();
    const guessed = await challenge();
    for (let i = 0; i < LOGIN_CODE_TRIES; i++) expect(await complete(guessed, "000000")).toEqual(WRONG);
    expect(await complete(guessed, await codeNow(secret))).toEqual(OVER);

    const late = await challenge();
    vi.setSystemTime(Date.now() + 5 * 60_000);
    expect(await complete(late, await codeNow(secret))).toEqual(OVER);
    vi.setSystemTime(Date.now() + 1);
    await t.mutation(internal.retention.purge, { what: "loginChallenges" });
    expect(await t.run((ctx) => ctx.db.query("loginChallenges").collect())).toHaveLength(0);

    const former = await challenge();
    const change = { currentPassword: PASSWORD, newPassword: "a sentence works best" };
    await t.action(api.account.updatePassword, { ...me, ...change });
    expect(await complete(former, await codeNow(secret))).toEqual(OVER);
  });

  it("lets nobody guess for long, and nobody be locked out for good", async () => {
    const { turnOn, challenge, complete, codeNow } = await scene();
    const { secret } = await turnOn();
    let guesses = 0;
    let outcome: unknown = WRONG;
    let open = await challenge();
    while (JSON.stringify(outcome) === JSON.stringify(WRONG) && guesses < 100) {
      outcome = await complete(open, "000000");
      if (JSON.stringify(outcome) === JSON.stringify(OVER)) {
        open = await challenge();
        outcome = WRONG;
      } else guesses++;
    }
    expect(outcome).toEqual({ refused: "RATE_LIMITED" });
    expect(guesses).toBeLessThanOrEqual(CODES_PER_OPERATOR_HOUR + 1);
    vi.setSystemTime(Date.now() + 60 * 60_000);
    expect(await complete(await challenge(), await codeNow(secret))).toHaveProperty("sessionToken");
  });

  it("is set up, renewed and turned off by the password alone", async () => {
    const { t, me, turnOn, status } = await scene();
    await turnOn();
    const wrong = { ...me, password: "not this one" };
    for (const call of [api.twoStep.begin, api.twoStep.renewRecoveryCodes, api.twoStep.disable]) {
      expect(await t.action(call, wrong).then(String, readErrorCode)).toBe("VALIDATION");
    }
    expect((await status()).since).not.toBeNull();
    await t.action(api.twoStep.disable, { ...me, password: PASSWORD });
    expect(await status()).toMatchObject({ since: null, recoveryCodesLeft: 0 });
    await t.action(api.auth.login, { email: EMAIL, password: PASSWORD });
  });

  it("is turned off for a colleague by whom may act on them", async () => {
    const { t, me, owner, turnOn, challenge } = await scene();
    await turnOn();
    const colleague = await t.run((ctx) =>
      ctx.db.insert("operators", {
        workspaceId: owner.workspaceId,
        email: "grace@acme.test",
        name: "Grace",
        role: "agent",
        brandAccess: "all",
        passwordHash: "",
        twoStepSince: 1,
        createdAt: 0,
      }),
    );
    const rows = await t.query(api.operators.list, me);
    expect(rows.map(({ hasTwoStep }) => hasTwoStep)).toEqual([true, true]);
    await t.mutation(api.operators.resetTwoStep, { ...me, operatorId: colleague });
    const after = await t.query(api.operators.list, me);
    expect(after.map(({ hasTwoStep }) => hasTwoStep)).toEqual([true, false]);
    const self = { ...me, operatorId: owner.operatorId };
    expect(await t.mutation(api.operators.resetTwoStep, self).then(String, readErrorCode)).toBe("FORBIDDEN");
    await challenge();
  });

  it("says so where there is no key to keep secrets with", async () => {
    const { begin, status } = await scene();
    vi.stubEnv("PRAXTALK_SECRET_KEY", "");
    expect((await status()).isAvailable).toBe(false);
    expect(await begin().then(String, readErrorCode)).toBe("NOT_CONFIGURED");
  });
});
