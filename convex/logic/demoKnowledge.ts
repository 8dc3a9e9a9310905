/** What Atlas knows in the made-up shops, by brand in the order of DEMO_BRANDS. */
export type DemoArticle = { title: string; path: string; text: string };

export const DEMO_ARTICLES: readonly (readonly DemoArticle[])[] = [
  [
    {
      title: "Shipping and delivery",
      path: "/help/shipping",
      text: `## How long it takes
Orders placed before noon leave the same day. Within the EU they take three to five working days, to the United Kingdom up to eight.

## What it costs
Shipping is free from 60 euros. Below that it is 4.90 euros.`,
    },
    {
      title: "Returns and repairs",
      path: "/help/returns",
      text: `## Returns
You have 30 days. The label is in the parcel, and any box will do. The money is back within a week after the kettle has arrived.

## Repairs
Handles, lids and whistles can be replaced for ten years. Write to us with a photo, and the part is on its way.`,
    },
    {
      title: "Which kettle for which stove",
      path: "/help/stoves",
      text: `The Ridge and the Fen work on gas, induction and electric stoves. The Fen keeps its temperature for about 40 minutes. Neither has a heater of its own, so that the voltage of your country makes no difference.`,
    },
  ],
  [
    {
      title: "Tents and pegs",
      path: "/help/tents",
      text: `The Fog 2 stands by itself: on rock it needs no pegs, but tie the guy lines to stones when there is wind. It weighs 1.9 kg with its bag.`,
    },
    {
      title: "Sizes of fleeces and shells",
      path: "/help/sizes",
      text: `Fleeces run small. For wearing a shell over a fleece, take the shell one size larger than usual.`,
    },
  ],
  [
    {
      title: "Bulbs and spare parts",
      path: "/help/bulbs",
      text: `Lamps made before 2022 take an E27 bulb of at most 9 W. Later ones have a light source that can be changed with a screwdriver; it is in the shop under the lamp's name.`,
    },
  ],
];

/** Questions that evaluate the first brand's knowledge; `article` counts its articles, null: Atlas should hand over. */
export const DEMO_QUESTIONS: readonly { question: string; article: number | null }[] = [
  { question: "How long does shipping to the United Kingdom take?", article: 0 },
  { question: "Can I return a kettle after three weeks?", article: 1 },
  { question: "Does the Ridge work on an induction stove?", article: 2 },
  { question: "Do you sell gift cards?", article: null },
];
