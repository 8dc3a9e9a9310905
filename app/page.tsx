import { redirect } from "next/navigation";
import { currentSession, needsSetup } from "./_server/session";

/** Leads to where this browser can go on. */
export default async function HomePage() {
  if ((await currentSession()) !== null) redirect("/app");
  redirect((await needsSetup()) ? "/setup" : "/login");
}
