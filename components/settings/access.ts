import type { SessionHandover } from "@/components/session/session-provider";

type Who = Pick<SessionHandover["operator"], "role" | "brandAccess">;

/** Whether this operator changes what is the whole workspace's and reads its log. The server decides for itself. */
export function managesWorkspace({ role, brandAccess }: Who): boolean {
  return role !== "agent" && brandAccess === "all";
}

/** Whether they erase people of their brands. */
export function erasesPeople({ role }: Pick<Who, "role">): boolean {
  return role !== "agent";
}

/** Whether they may take the whole workspace along as a file. */
export function exportsWorkspace({ role }: Pick<Who, "role">): boolean {
  return role === "owner";
}
