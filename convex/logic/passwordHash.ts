/** PHC text of a scrypt hash: `$scrypt$ln=17,r=8,p=1$<salt>$<hash>`, base64 without padding. */
export type ScryptHash = { logN: number; r: number; p: number; salt: string; hash: string };

/** In place of a hash, of an operator who never chose a password. */
export const NO_PASSWORD = "";

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export function formatScryptHash({ logN, r, p, salt, hash }: ScryptHash): string {
  const unpadded = (base64: string) => base64.replace(/=+$/, "");
  return `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

export function parseScryptHash(text: string): ScryptHash | null {
  const match = PHC.exec(text);
  if (match === null) return null;
  const [, logN, r, p, salt, hash] = match;
  if (salt === undefined || hash === undefined) return null;
  return { logN: Number(logN), r: Number(r), p: Number(p), salt, hash };
}
