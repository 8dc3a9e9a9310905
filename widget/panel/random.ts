/** `count` random bytes in lower-case hex, from the browser's cryptographic source. */
function randomHex(count: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The visitor's secret: 256 bits, so that it cannot be guessed. */
export function newVisitorKey(): string {
  return `v_${randomHex(32)}`;
}

export function newMessageId(): string {
  return `m_${randomHex(16)}`;
}
