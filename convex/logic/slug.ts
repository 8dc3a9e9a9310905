/** Longest slug; a suffix that makes it unique comes on top. */
const SLUG_MAX = 48;

/** The name in lower case, accents dropped, everything but letters and digits turned into hyphens. */
export function slugFromName(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_MAX)
    .replace(/^-+|-+$/g, "");
  return slug === "" ? "workspace" : slug;
}
