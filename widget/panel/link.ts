import type { ChatConnection, Network, RunningConversation } from "./network";
import type { Connection, TeamState, ThreadMessage } from "./state";

/** A break shorter than this is not worth a word. */
const OFFLINE_GRACE_MS = 1_500;

export type LinkEvents = {
  onConnection: (connection: Connection) => void;
  onMessages: (messages: ThreadMessage[]) => void;
  onTeam: (team: TeamState | null) => void;
  /** The visitor's newest conversation, or null when there is none any more. */
  onConversation: (running: RunningConversation | null) => void;
  /** What is read here may not be read any more: the time of who was signed in is over. */
  onExpired: (reason: string) => void;
};

/** The websocket of one panel with what it listens to; may be let go and taken up again. */
export class Link {
  #connection: ChatConnection | null = null;
  #conversationId: string | null = null;
  #stops: (() => void)[] = [];
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;
  #isConnected = false;

  constructor(
    private readonly network: Network,
    private readonly visitorKey: () => string,
    private readonly events: LinkEvents,
  ) {}

  get connection(): ChatConnection | null {
    return this.#connection;
  }

  /** Opens the websocket, if it is not open or on its way. */
  connect(): ChatConnection {
    this.#connection ??= this.network.connect(this.visitorKey(), {
      onConnectedChange: (isConnected) => {
        this.#isConnected = isConnected;
        this.report();
      },
      onExpired: this.events.onExpired,
    });
    return this.#connection;
  }

  /** Listens to a conversation, and to the question which one is the visitor's newest. */
  enter(conversationId: string): void {
    if (this.#conversationId === conversationId) return;
    const isFirst = this.#conversationId === null;
    for (const stop of this.#stops) stop();
    this.#conversationId = conversationId;
    const connection = this.connect();
    this.#stops = [
      connection.watchMessages(conversationId, this.events.onMessages),
      connection.watchTeam(conversationId, this.events.onTeam),
    ];
    if (isFirst) connection.watchConversation(this.events.onConversation);
  }

  /** Says at once that the connection is there, and only after a while that it is not. */
  report(): void {
    clearTimeout(this.#offlineTimer);
    if (!this.#connection) return;
    if (this.#isConnected) this.events.onConnection("online");
    else this.#offlineTimer = setTimeout(() => this.events.onConnection("offline"), OFFLINE_GRACE_MS);
  }

  /** Ends the websocket. Returns the way to take it up where it was. */
  suspend(): () => void {
    const conversationId = this.#conversationId;
    const wasConnected = this.#connection !== null;
    clearTimeout(this.#offlineTimer);
    this.#connection?.close();
    this.#connection = this.#conversationId = null;
    this.#stops = [];
    this.#isConnected = false;
    return () => {
      if (wasConnected) this.connect();
      if (conversationId !== null) this.enter(conversationId);
    };
  }
}
