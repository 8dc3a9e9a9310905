/** JSON text of a call's arguments; null: they are nested too deeply for that, and so for any function. */
export function argsText(args: readonly unknown[]): string | null {
  try {
    return JSON.stringify(args);
  } catch (error) {
    // V8 parses JSON of any depth, but writes only as deep as its stack reaches.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
