import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Team } from "@/components/team/team";

export const metadata: Metadata = { title: "Team" };

export default async function TeamPage() {
  await requireSession("/app/team");
  return <Team />;
}
