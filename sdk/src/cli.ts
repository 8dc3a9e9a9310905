#!/usr/bin/env node
/** The command line on the SDK: follow an inbox, answer, follow events. */
import { parseArgs } from "node:util";
import { text } from "node:stream/consumers";
import { PraxTalk, PraxTalkError } from "./index.js";
import type { Conversation, ConversationStatus, EventType, Message } from "./index.js";
import { inboxTable, messageLine } from "./text.js";

const USAGE = `Usage: praxtalk <command>

  inbox [--watch] [--status open] [--brand <id>] [--limit 50]   the inbox; with --watch, again whenever it changes
  messages <conversation> [--watch]                             what was written in a conversation
  reply <conversation> <text>                                   answers the visitor; "-" reads the text from stdin
  note <conversation> <text>                                    writes a note that operators alone can see
  status <conversation> open|snoozed|resolved|closed            sets the status
  events [--follow] [--after <cursor>] [--type <type>]          changes as lines of JSON, each with its cursor

  --json    lines of JSON in place of text
  --url     the Convex deployment; else PRAXTALK_CONVEX_URL
  --token   an agent token from /app/integrations; better PRAXTALK_TOKEN: arguments show in the process list
`;

const options = {
  watch: { type: "boolean" },
  follow: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  status: { type: "string" },
  brand: { type: "string" },
  limit: { type: "string" },
  after: { type: "string" },
  type: { type: "string" },
  url: { type: "string" },
  token: { type: "string" },
} as const;

/** What the person typed cannot be carried out: shown without a stack, exit code 2. */
class UsageError extends Error {}

type Parsed = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
type Flags = Parsed["values"];

const print = (line: string) => process.stdout.write(`${line}\n`);

function parse(args: string[]): Parsed {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === "") throw new UsageError(`${what} is missing.`);
  return value;
}

/** Resolves when the subscription was stopped by Ctrl-C, or after its first value; rejects with its error. */
function watch<Value>(
  subscribe: (onValue: (value: Value) => void, onError: (error: PraxTalkError) => void) => () => void,
  onValue: (value: Value) => void,
  isEndless: boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = subscribe((value) => {
      onValue(value);
      if (isEndless) return;
      stop();
      resolve();
    }, reject);
    process.once("SIGINT", () => {
      stop();
      resolve();
    });
  });
}

type Command = (client: PraxTalk, flags: Flags, rest: string[]) => Promise<void>;

const commands: Record<string, Command> = {
  inbox: (client, { status, brand, limit, json, watch: isEndless = false }) => {
    const filter = { status: status as ConversationStatus | undefined, brand, limit: count(limit) };
    return watch<Conversation[]>(
      (onRows, onError) => client.inbox.subscribe(filter, onRows, onError),
      (rows) => print(json ? JSON.stringify(rows) : inboxTable(rows, Date.now())),
      isEndless,
    );
  },

  messages: (client, { limit, json, watch: isEndless = false }, [id]) => {
    const { messages } = client.conversation(needed(id, "The conversation"));
    let shown = 0;
    return watch<Message[]>(
      (onRows, onError) => messages.subscribe(onRows, { limit: count(limit), onError }),
      (rows) => {
        const fresh = rows.filter(({ sequence }) => sequence > shown);
        shown = rows.at(-1)?.sequence ?? shown;
        for (const message of fresh) print(json ? JSON.stringify(message) : messageLine(message));
      },
      isEndless,
    );
  },

  reply: async (client, { json }, [id, ...words]) => {
    const message = await client.conversation(needed(id, "The conversation")).reply(await body(words));
    print(json ? JSON.stringify(message) : message.id);
  },

  note: async (client, { json }, [id, ...words]) => {
    const made = await client.conversation(needed(id, "The conversation")).note(await body(words));
    print(json ? JSON.stringify(made) : made.messageId);
  },

  status: async (client, _flags, [id, status]) => {
    const conversation = client.conversation(needed(id, "The conversation"));
    await conversation.setStatus(needed(status, "The status") as ConversationStatus);
  },

  events: async (client, { follow, after, type: typed }) => {
    const type = typed as EventType | undefined;
    if (follow) {
      return await watch<string>(
        (onLine, onError) =>
          client.events.follow((event, cursor) => onLine(JSON.stringify({ cursor, event })), {
            after,
            type,
            onError,
          }),
        print,
        true,
      );
    }
    for await (const { event, cursor } of client.events.read({ after, type })) {
      print(JSON.stringify({ cursor, event }));
    }
  },
};

function count(limit: string | undefined): number | undefined {
  if (limit === undefined) return undefined;
  if (!/^[1-9][0-9]{0,3}$/.test(limit)) throw new UsageError("--limit must be a number from 1.");
  return Number(limit);
}

async function body(words: string[]): Promise<string> {
  return needed(words.join(" ") === "-" ? await text(process.stdin) : words.join(" "), "The text");
}

async function main(): Promise<number> {
  const { values: flags, positionals } = parse(process.argv.slice(2));
  const [name = "", ...rest] = positionals;
  if (flags.help || name === "") {
    process[flags.help ? "stdout" : "stderr"].write(USAGE);
    return flags.help ? 0 : 2;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`There is no command "${name}".`);
  const client = new PraxTalk({
    url: needed(flags.url ?? process.env["PRAXTALK_CONVEX_URL"], "PRAXTALK_CONVEX_URL"),
    token: needed(flags.token ?? process.env["PRAXTALK_TOKEN"], "PRAXTALK_TOKEN"),
    client: { logger: false },
  });
  try {
    await client.recordUse();
    await command(client, flags, rest);
    return 0;
  } finally {
    await client.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${USAGE}`);
  else if (error instanceof PraxTalkError) process.stderr.write(`${error.message} (${error.code})\n`);
  else throw error;
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
