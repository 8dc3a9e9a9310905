import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Team } from "@/components/team/team";

export const metadata: Metadata = { title: "Team" };

export default async function TeamPage({ searchParams }: PageProps<"/app/team">) {
  await requireSession("/app/team", await searchParams);
  return <Team />;
}
