import { describe, expect, it } from "vitest";
import { formatScryptHash, parseScryptHash } from "../../../../convex/logic/passwordHash";

describe("PHC text of a scrypt hash", () => {
  it("has no padding and reads back", () => {
    const text = formatScryptHash({ logN: 17, r: 8, p: 1, salt: "c2FsdA==", hash: "aGFzaA==" });
    expect(text).toBe("$scrypt$ln=17,r=8,p=1$c2FsdA$aGFzaA");
    expect(parseScryptHash(text)).toEqual({ logN: 17, r: 8, p: 1, salt: "c2FsdA", hash: "aGFzaA" });
  });

  it.each([
    "",
    "$scrypt$",
    "$argon2id$v=19$m=1,t=1,p=1$a$b",
    "$scrypt$ln=17,r=8,p=1$a",
    "$scrypt$ln=x,r=8,p=1$a$b",
  ])("is not %j", (text) => {
    expect(parseScryptHash(text)).toBeNull();
  });
});
