import type { Brand } from "@/components/hooks/rows";
import type { BrandAccess, OperatorRole } from "@/convex/validators";

const DAY = 86_400_000;

export const ROLE_WORD: Record<OperatorRole, string> = { owner: "Owner", admin: "Admin", agent: "Agent" };

export const ROLE_HINT: Record<OperatorRole, string> = {
  agent: "Answers conversations and keeps leads.",
  admin: "Also sets up brands, keys and webhooks, and manages agents.",
  owner: "Everything, for all brands; manages admins and other owners too.",
};

/** Which brands, by name as far as the reader knows them: "All brands", "Acme, Nord", "Acme and 2 more". */
export function brandsText(access: BrandAccess, brands: readonly Brand[]): string {
  if (access === "all") return "All brands";
  const names = brands.filter(({ _id }) => access.includes(_id)).map(({ name }) => name);
  const others = access.length - Math.min(names.length, 2);
  if (names.length === 0) return access.length === 1 ? "One brand" : `${access.length} brands`;
  return others > 0 ? `${names.slice(0, 2).join(", ")} and ${others} more` : names.join(", ");
}

/** Until when an invite is good: "13 days left", "Expired". */
export function inviteLeft(expiresAt: number, now: number): { text: string; over: boolean } {
  const left = expiresAt - now;
  if (left <= 0) return { text: "Expired", over: true };
  const days = Math.ceil(left / DAY);
  return { text: days === 1 ? "Less than a day left" : `${days} days left`, over: false };
}
