import { toastFailure } from "@/components/ui/toaster";

/** Ends the session on the server, then leaves for the login page. */
export async function signOut(): Promise<void> {
  try {
    const response = await fetch("/api/session", { method: "DELETE" });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  } catch {
    toastFailure("You are still signed in: the server did not answer. Try again.");
    return;
  }
  window.location.assign("/login");
}
