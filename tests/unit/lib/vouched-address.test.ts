import { expect, it } from "vitest";
import { vouchedAddress, vouchFor } from "../../../lib/vouched-address";

it.each(["192.0.2.7", "2001:db8::1"])("%s is believed from who knows the secret", async (address) => {
  expect(await vouchedAddress(await vouchFor(address, "shared"), "shared")).toBe(address);
});

it("nobody else can claim an address, nor make another of one that was vouched for", async () => {
  const genuine = await vouchFor("192.0.2.7", "shared");
  const [, signature = ""] = genuine.split(" ");
  const forged = [
    await vouchFor("192.0.2.7", "guess"),
    `192.0.2.8 ${signature}`,
    `192.0.2.7 ${"0".repeat(64)}`,
    `192.0.2.7 ${signature.toUpperCase()}`,
    `${genuine}\n`,
    `${genuine} `,
    "192.0.2.7",
    "",
    `${"1".repeat(100_000)} ${signature}`,
  ];
  for (const text of forged) expect(await vouchedAddress(text, "shared"), text.slice(0, 100)).toBeNull();
});
