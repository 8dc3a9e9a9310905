/**
 * Text of a failure for logs. Why an argument or a result was refused stays, its value does not: it may be a password or a
 * token, and logs are often kept in files.
 */
export function withoutArguments(error: string): string {
  if (!/\b(Argument|Returns)ValidationError: /.test(error)) return error;
  return error.replace(/^(Object|Value): [^\n]*/gm, "$1: (not logged)");
}
