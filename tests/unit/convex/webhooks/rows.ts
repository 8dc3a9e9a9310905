/** The outbox's rows as the test saw them last. Only what can have changed is read again: convex-test reads row by row. */
import type { TestConvex } from "convex-test";
import type { Doc, Id } from "../../../../convex/_generated/dataModel";
import type { DatabaseReader } from "../../../../convex/_generated/server";
import type schema from "../../../../convex/schema";

export type Delivery = Doc<"webhookDeliveries">;
export type Attempt = Doc<"webhookAttempts">;
export type Subscription = Doc<"webhookSubscriptions">;

/** Rows that are new or another than they were. */
export type Changes = { deliveries: Delivery[]; attempts: Attempt[]; subscriptions: Subscription[] };

export class Rows {
  readonly deliveries = new Map<Id<"webhookDeliveries">, Delivery>();
  readonly attempts = new Map<Id<"webhookAttempts">, Attempt>();
  subscriptions: Subscription[] = [];
  lanes: Doc<"webhookLanes">[] = [];
  /** Since when the worker of the fast lane is called; null when it has taken all calls. */
  calledAt: number | null = null;
  readonly #ofDelivery = new Map<Id<"webhookDeliveries">, Id<"webhookAttempts">[]>();

  /** Deliveries that have not come to an end. */
  get open(): Delivery[] {
    return [...this.deliveries.values()].filter(({ state }) => state !== "ended");
  }

  /** The delivery's attempts, oldest first. */
  attemptsOf(deliveryId: Id<"webhookDeliveries">): Attempt[] {
    const ids = this.#ofDelivery.get(deliveryId) ?? [];
    return ids.flatMap((id) => this.attempts.get(id) ?? []);
  }

  /** What changes without an attempt is new or open; the rest is looked at by `isAsStored`. */
  async refresh(t: TestConvex<typeof schema>): Promise<Changes> {
    const changes: Changes = { deliveries: [], attempts: [], subscriptions: [] };
    // Rows are taken out past the answer, which would be written and parsed as JSON.
    await t.run(async ({ db }) => {
      changes.attempts = this.#keep(this.attempts, await this.#readAttempts(db));
      for (const { _id, deliveryId } of changes.attempts) {
        const ids = this.#ofDelivery.get(deliveryId) ?? [];
        if (!ids.includes(_id)) this.#ofDelivery.set(deliveryId, [...ids, _id]);
      }
      const touched = changes.attempts.map(({ deliveryId }) => deliveryId);
      changes.deliveries = this.#keep(this.deliveries, await this.#readDeliveries(db, touched));
      this.subscriptions = await db.query("webhookSubscriptions").collect();
      changes.subscriptions = this.subscriptions;
      this.lanes = await db.query("webhookLanes").collect();
      this.calledAt = (await db.query("webhookCalls").withIndex("by_at").first())?.at ?? null;
      return null;
    });
    return changes;
  }

  async #readAttempts(db: DatabaseReader): Promise<Attempt[]> {
    const running = [...this.attempts.values()].filter(({ endedAt }) => endedAt === undefined);
    const again = await Promise.all(running.map(({ _id }) => db.get("webhookAttempts", _id)));
    const fresh = await db
      .query("webhookAttempts")
      .withIndex("by_creation_time", (q) => q.gt("_creationTime", newest(this.attempts)))
      .collect();
    return [...again.filter((row) => row !== null), ...fresh];
  }

  async #readDeliveries(db: DatabaseReader, touched: Id<"webhookDeliveries">[]): Promise<Delivery[]> {
    const waiting = await db
      .query("webhookDeliveries")
      .withIndex("by_state_and_subscription_and_due_at", (q) => q.eq("state", "waiting"))
      .collect();
    const fresh = await db
      .query("webhookDeliveries")
      .withIndex("by_creation_time", (q) => q.gt("_creationTime", newest(this.deliveries)))
      .collect();
    const read = new Set([...waiting, ...fresh].map(({ _id }) => _id));
    const others = new Set([...touched, ...this.open.map(({ _id }) => _id)].filter((id) => !read.has(id)));
    const again = await Promise.all([...others].map((id) => db.get("webhookDeliveries", id)));
    return [...waiting, ...fresh, ...again.filter((row) => row !== null)];
  }

  #keep<Row extends { _id: string }>(known: Map<Row["_id"], Row>, read: Row[]): Row[] {
    const changed = read.filter((row) => !isSame(known.get(row._id), row));
    for (const row of changed) known.set(row._id, row);
    return changed;
  }

  /** Whether nothing that seemed to be over has changed since. */
  async isAsStored(t: TestConvex<typeof schema>): Promise<boolean> {
    let isSameAll = false;
    await t.run(async ({ db }) => {
      const deliveries = await db.query("webhookDeliveries").collect();
      const attempts = await db.query("webhookAttempts").collect();
      isSameAll =
        deliveries.length === this.deliveries.size &&
        attempts.length === this.attempts.size &&
        deliveries.every((row) => isSame(this.deliveries.get(row._id), row)) &&
        attempts.every((row) => isSame(this.attempts.get(row._id), row));
      return null;
    });
    return isSameAll;
  }
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Rows of one table are created at times of their own, so that none is created at the newest's any more. */
function newest(rows: Map<string, { _creationTime: number }>): number {
  return [...rows.values()].at(-1)?._creationTime ?? 0;
}
