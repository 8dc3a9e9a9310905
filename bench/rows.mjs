// Rows as the product's functions would write them, for benchmarks that need more than functions make in their time.

/** A conversation of the web chat that is open, last changed at `at`. `owner`: its workspaceId, brandId and visitorId. */
export const conversationRow = (owner, name, at, fields) => ({
  ...owner,
  channel: "web_chat",
  status: "open",
  visitor: { name },
  lastMessage: { preview: "I ordered the blue one in size M on Tuesday.", role: "visitor", at },
  lastMessageAt: at,
  sequence: 0,
  visitorSequence: 0,
  createdAt: at,
  updatedAt: at,
  ...fields,
});
