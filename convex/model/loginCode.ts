/** The action half of checking a code: the secret is opened there, and what the code proves is used up by a mutation. */
import { refusal } from "../errors";
import { open } from "../logic/sealing";
import { sha256Hex } from "../logic/tokens";
import { matchingStep, readCode } from "../logic/totp";
import type { CodeProof, SecondStep } from "../validators/accounts";
import { secretKeys } from "./secretKeys";

/** What the typed text proves; null for a wrong code. A recovery code is known by the mutation alone. */
export async function proofOf(
  text: string,
  { operatorId, sealedSecret, lastStep }: SecondStep,
): Promise<CodeProof | null> {
  const typed = readCode(text);
  if (typed === null) return null;
  if (typed.kind === "recovery") return { kind: "recovery", hash: await sha256Hex(typed.code) };
  const secret = await open(sealedSecret, secretKeys() ?? [], operatorId);
  if (secret === null) {
    throw refusal(
      "NOT_CONFIGURED",
      "Codes cannot be checked: PRAXTALK_SECRET_KEY has changed. Use a recovery code.",
    );
  }
  const step = await matchingStep(secret, typed.code, { now: Date.now(), lastStep });
  return step === null ? null : { kind: "totp", step };
}

export const wrongCode = () =>
  refusal("INVALID_CREDENTIALS", "This code is wrong or was used. Wait for the next one and try again.", {
    field: "code",
  });
