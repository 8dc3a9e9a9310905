/** Longest slug; a suffix that makes it unique comes on top. */
const SLUG_MAX = 48;

/** The name in lower case, accents dropped, all but letters and digits turned into hyphens; `what` it is where nothing is left. */
export function slugFromName(name: string, what: "workspace" | "brand"): string {
  const slug = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_MAX)
    .replace(/^-+|-+$/g, "");
  return slug === "" ? what : slug;
}
