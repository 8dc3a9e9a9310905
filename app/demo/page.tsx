import type { Metadata } from "next";
import { headers } from "next/headers";
import styles from "./demo.module.css";

export const metadata: Metadata = { title: { absolute: "Kettle Row · demo shop" } };

const GOODS = [
  {
    name: "Ridge kettle 0.9 L",
    price: "€89.00",
    text: "Steel, gooseneck, holds its temperature for an hour.",
  },
  { name: "Fen kettle 1.2 L", price: "€64.00", text: "Enamel, for any hob, whistles on two notes." },
  { name: "Hand grinder", price: "€72.00", text: "Steel burrs, thirty grams, no cable." },
  { name: "Filter papers, 100", price: "€6.50", text: "Unbleached, for cones of size two." },
];

/** A made-up shop that carries a brand's widget exactly as any other page would: by one script tag. */
export default async function DemoPage({ searchParams }: PageProps<"/demo">) {
  const { widget } = await searchParams;
  const widgetId = typeof widget === "string" && /^ws_[0-9a-f]{16}$/.test(widget) ? widget : null;
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <div className={styles.shop}>
      <aside aria-label="About this page" className={styles.notice}>
        {widgetId === null
          ? "This demo page needs a widget id in its address: /demo?widget=ws_… Open it from the inbox."
          : "A demo page: the shop is made up, the chat is real. What you write there appears in your inbox."}
      </aside>
      <header className={styles.head}>
        <span className={styles.name}>Kettle Row</span>
        <span>Kettles and what goes with them, since 1987</span>
      </header>
      <main className={styles.main}>
        <h1>Water, hot, when you want it</h1>
        <p>
          We make two kettles and repair every one that we have ever sold. Orders placed before noon leave the
          same day. Questions about a kettle, an order or a repair: write to us below.
        </p>
        <ul className={styles.goods}>
          {GOODS.map((good) => (
            <li key={good.name}>
              <h2>{good.name}</h2>
              <p>{good.text}</p>
              <p className={styles.price}>{good.price}</p>
            </li>
          ))}
        </ul>
      </main>
      <footer className={styles.foot}>Kettle Row does not exist. You cannot buy these kettles.</footer>
      {widgetId === null ? null : (
        <script src="/widget.js" data-widget-id={widgetId} defer nonce={nonce} suppressHydrationWarning />
      )}
    </div>
  );
}
