/** `count` random bytes in lower-case hex, from the browser's cryptographic source. */
function randomHex(count: number): string {
  let hex = "";
  // Not by Array.from, which old libraries replace by one that maps nothing.
  for (const byte of crypto.getRandomValues(new Uint8Array(count))) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/** The visitor's secret: 256 bits, so that it cannot be guessed. */
export function newVisitorKey(): string {
  return `v_${randomHex(32)}`;
}

export function newMessageId(): string {
  return `m_${randomHex(16)}`;
}
