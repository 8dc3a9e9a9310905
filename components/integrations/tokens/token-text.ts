import type { Brand } from "@/components/hooks/rows";
import type { AgentTokenRow } from "@/components/hooks/use-agent-tokens";

type Reach = Pick<AgentTokenRow, "access" | "brands">;

/** What a token may do, and where: "Read and reply, Kettle Row and 2 more". */
export function tokenReach({ access, brands }: Reach, known: readonly Pick<Brand, "_id" | "name">[]): string {
  const what = access === "read" ? "Read" : "Read and reply";
  if (brands === "all") return `${what}, all brands`;
  const [first, ...others] = known.filter(({ _id }) => brands.includes(_id));
  const hidden = brands.length - (first === undefined ? 0 : 1 + others.length);
  const more = others.length + hidden;
  if (first === undefined) return `${what}, ${more === 1 ? "one brand" : `${more} brands`}`;
  return `${what}, ${first.name}${more === 0 ? "" : ` and ${more} more`}`;
}
