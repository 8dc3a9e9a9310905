import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { SavedReplies } from "@/components/saved-replies/saved-replies";

export const metadata: Metadata = { title: "Saved replies" };

export default async function SavedRepliesPage({ searchParams }: PageProps<"/app/saved-replies">) {
  await requireSession("/app/saved-replies", await searchParams);
  return <SavedReplies />;
}
