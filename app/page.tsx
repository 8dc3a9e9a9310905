import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Home } from "@/components/home/home";
import { readAddresses, webOrigin } from "./_server/config";
import { currentSession, needsSetup } from "./_server/session";

/** Leads to where this browser can go on; who has no account is told what this is. */
export default async function HomePage() {
  if ((await currentSession()) !== null) redirect("/app");
  if (await needsSetup()) redirect("/setup");
  return <Home webUrl={webOrigin(await headers(), readAddresses())} />;
}
