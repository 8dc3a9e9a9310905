import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Inbox } from "@/components/inbox/inbox";

export const metadata: Metadata = { title: "Inbox" };

export default async function InboxPage({ searchParams }: PageProps<"/app">) {
  await requireSession("/app", await searchParams);
  return <Inbox />;
}
