/** Files that messages carry. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

/** What a message keeps of a file, so that showing it reads nothing else. */
export const attachment = v.object({
  uploadId: v.id("uploads"),
  name: v.string(),
  type: v.string(), // an image type that is shown, else application/octet-stream
  size: v.number(), // bytes
});

/** The same for who may see the message. */
export const attachmentRow = v.object({
  name: v.string(),
  type: v.string(),
  size: v.number(),
  url: v.string(), // good for whoever has it, for as long as the message is there
});
export type AttachmentRow = Infer<typeof attachmentRow>;
