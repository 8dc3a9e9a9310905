type Contact = { name?: string; email?: string; phone?: string } | null;

/** What to call a visitor: the name they gave, else how to reach them, else "Visitor". */
export function visitorName(visitor: Contact): string {
  return visitor?.name || visitor?.email || visitor?.phone || "Visitor";
}

/** The first word of a name, for sentences: "Hannah can still reply." An address stays whole. */
export function shortName(visitor: Contact): string {
  const name = visitorName(visitor);
  return visitor?.name ? (name.split(/\s+/)[0] ?? name) : name;
}
