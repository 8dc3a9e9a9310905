/** Tables of the widget: what brands set about it, and files on their way into messages. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { widgetSettings } from "../validators/widget";

export const widgetTables = {
  /** What a brand has set about its widget, apart from the brand: lists of brands do not read it. Absent: the defaults. */
  widgetSettings: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    ...widgetSettings.fields,
  }).index("by_brand", ["brandId"]),

  /**
   * A file from the permission to upload it on. Its id is that permission, and later the file's address: ids cannot be
   * guessed. Who uploads is a visitor or an operator.
   */
  uploads: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    visitorId: v.optional(v.id("visitors")),
    operatorId: v.optional(v.id("operators")),
    file: v.optional(
      v.object({
        storageId: v.id("_storage"),
        name: v.string(),
        type: v.string(),
        size: v.number(), // bytes
      }),
    ), // absent until the bytes are there
    messageId: v.optional(v.id("messages")), // once it was sent
    expiresAt: v.optional(v.number()), // of the permission, then of the file; absent once it was sent
    createdAt: v.number(),
  })
    .index("by_expires_at", ["expiresAt"])
    .index("by_visitor", ["visitorId"]),
};
