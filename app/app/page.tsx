import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Inbox } from "@/components/inbox/inbox";

export const metadata: Metadata = { title: "Inbox" };

export default async function InboxPage({ searchParams }: PageProps<"/app">) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) {
    if (typeof value === "string") query.set(name, value);
  }
  await requireSession(query.size === 0 ? "/app" : `/app?${query}`);
  return <Inbox />;
}
