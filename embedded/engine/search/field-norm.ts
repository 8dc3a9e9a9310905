/**
 * Lengths of documents in one byte, as production's scores see them: exact up to 40 terms, then with four significant bits.
 */
const EXACT = 24;

/** The largest code whose length is not above `terms`. */
export function encodeFieldNorm(terms: number): number {
  const rest = terms - EXACT;
  if (rest < 0) return terms;
  const shift = Math.max(0, 28 - Math.clz32(rest));
  const code = shift === 0 && rest < 8 ? rest : ((shift + 1) << 3) | ((rest >>> shift) & 7);
  return Math.min(255, EXACT + code);
}

export function decodeFieldNorm(norm: number): number {
  const code = norm - EXACT;
  if (code < 8) return norm;
  return EXACT + ((8 | (code & 7)) << ((code >>> 3) - 1));
}
