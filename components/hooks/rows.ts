import type { FunctionReturnType } from "convex/server";
import type { api } from "@/convex/_generated/api";

/** A line of the inbox list. */
export type ConversationRow = FunctionReturnType<typeof api.conversations.listWaiting>["page"][number];
/** One conversation with its visitor in full: a row of the list and more. */
export type Conversation = NonNullable<FunctionReturnType<typeof api.conversations.getById>>;
/** Who wrote, with everything that is known of them. */
export type VisitorProfile = Conversation["visitor"];
export type MessageRow = FunctionReturnType<typeof api.messages.listPage>["page"][number];
export type Brand = FunctionReturnType<typeof api.brands.listMine>[number];
export type ConversationStatus = ConversationRow["status"];
/** An operator as one who can be given conversations. */
export type Assignee = FunctionReturnType<typeof api.conversations.listAssignees>[number];
