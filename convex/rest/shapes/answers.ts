/** What the API answers. Clients must ignore fields that they do not know: more may come. */
import { z } from "zod";
import { id, page, time } from "./fields";

export const conversationStatus = z.enum(["open", "snoozed", "resolved", "closed"]);
export const channel = z.enum(["web_chat", "email", "whatsapp", "voice", "sms"]);
export const leadStatus = z.enum(["new", "contacted", "qualified", "won", "lost"]);
const senders = ["visitor", "operator", "atlas"] as const;
/** Of a message that somebody wrote: what events tell of. */
export const senderRole = z.enum(senders).meta({ description: "Who wrote it; atlas is the AI agent." });
export const messageRole = z.enum([...senders, "system"]).meta({
  description: "Who wrote it; atlas is the AI agent, system what the conversation says of itself.",
});

export const visitorProfile = {
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  externalId: z
    .string()
    .optional()
    .meta({ description: "The site's own id of the visitor, where it signed it." }),
};

export const conversation = z
  .object({
    id: id("the conversation"),
    brandId: id("the brand"),
    visitorId: id("the visitor"),
    channel,
    status: conversationStatus,
    statusChangedAt: z.union([time("Time of the last change of status; null before the first."), z.null()]),
    snoozedUntil: z
      .union([time("When a snoozed one opens by itself."), z.null()])
      .meta({ description: "Null where it is not snoozed, or until the visitor writes." }),
    assignee: z.union([id("the operator who takes care of it"), z.null()]),
    tags: z.array(z.string()).meta({ description: "Words that operators have given it." }),
    lastMessageAt: time("Time of the newest message; of the start before the first."),
    lastMessage: z
      .union([
        z.object({
          preview: z.string().meta({ description: "Its text on one line, cut at 140 characters." }),
          role: messageRole,
          at: time("When it was written."),
        }),
        z.null(),
      ])
      .meta({ description: "Newest message that the visitor can see; null before the first." }),
    waitingSince: z
      .union([time("Since when the visitor waits for an answer."), z.null()])
      .meta({ description: "Null when nobody waits." }),
    createdAt: time("When it began."),
    updatedAt: time("Time of the last change of any kind."),
    mergedInto: z.union([id("the conversation in which its messages are now"), z.null()]).meta({
      description: "Null unless it was merged into another of its visitor. Messages sent to it go there.",
    }),
    visitor: z.object({
      id: id("the visitor"),
      ...visitorProfile,
      verified: z.boolean().meta({
        description:
          "Whether the site has signed externalId. What it has not signed is the visitor's own word.",
      }),
      emailVerified: z.boolean().meta({ description: "Whether the site has signed the email too." }),
    }),
    brand: z.union([z.object({ id: id("the brand"), name: z.string(), primaryColor: z.string() }), z.null()]),
  })
  .meta({ id: "Conversation", description: "A conversation with one visitor." });

export const attachment = z
  .object({
    name: z.string(),
    type: z.string().meta({
      description:
        "image/png, image/jpeg, image/gif or image/webp by the file's own bytes, else application/octet-stream.",
    }),
    size: z.int().min(1).meta({ description: "Bytes." }),
    url: z
      .string()
      .meta({ description: "Where the file is, for whoever has this address. It needs no key." }),
  })
  .meta({ id: "Attachment", description: "A file of a message." });

export const message = z
  .object({
    id: id("the message"),
    conversationId: id("its conversation"),
    brandId: id("the brand"),
    channel,
    role: messageRole,
    body: z.string().meta({ description: "Its text; empty for a message of files alone." }),
    attachments: z.array(attachment).meta({ description: "Its files, up to five." }),
    senderName: z
      .union([z.string(), z.null()])
      .meta({ description: "Name of the operator or program; null for the visitor." }),
    senderOperatorId: z.union([id("the operator who wrote it"), z.null()]),
    sequence: z
      .int()
      .min(1)
      .meta({ description: "Its place in the conversation. Internal notes take places too." }),
    createdAt: time("When it was written."),
  })
  .meta({ id: "Message", description: "A message that the visitor can see." });

export const lead = z
  .object({
    id: id("the lead"),
    brandId: id("the brand"),
    conversationId: id("the conversation that it comes from").optional(),
    name: z.string(),
    email: z.string().optional(),
    phone: z.string().optional().meta({ description: "In the form of E.164." }),
    notes: z.string().optional(),
    status: leadStatus,
    createdAt: time("When it was made."),
    updatedAt: time("Time of the last change."),
  })
  .meta({ id: "Lead", description: "A person worth following up." });

export const brand = z
  .object({
    id: id("the brand"),
    slug: z.string(),
    name: z.string(),
    widgetId: z.string().meta({ description: "Public id for the widget's snippet." }),
    primaryColor: z.string(),
    welcomeMessage: z.string(),
    position: z.enum(["br", "bl"]).meta({ description: "Corner of the page: bottom right or bottom left." }),
    createdAt: time("When it was made."),
  })
  .meta({ id: "Brand", description: "A brand of the workspace, with a widget of its own." });

export const conversationList = z.object({ conversations: z.array(conversation), ...page });
export const conversationOne = z.object({ conversation });
export const conversationPatched = z.object({ ok: z.literal(true), conversation });
export const messageList = z.object({ messages: z.array(message), ...page });
export const messageCreated = z.object({ messageId: id("the new message"), message });
export const leadList = z.object({ leads: z.array(lead), ...page });
export const leadOne = z.object({ lead });
export const leadCreated = z.object({ leadId: id("the new lead"), lead });
export const leadPatched = z.object({ ok: z.literal(true), lead });
export const brandList = z.object({ brands: z.array(brand), ...page });
export const pong = z.object({
  ok: z.literal(true),
  version: z.literal("v1"),
  time: time("The deployment's clock."),
});

export type Conversation = z.output<typeof conversation>;
export type Message = z.output<typeof message>;
export type Lead = z.output<typeof lead>;
export type Brand = z.output<typeof brand>;
