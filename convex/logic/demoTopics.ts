/** What visitors of the made-up shops ask, brand by brand. */

type Line = readonly ["visitor" | "operator" | "note", string];
export type DemoTopic = { tag: string; page: string; isLead?: boolean; lines: readonly Line[] };

const KETTLES: readonly DemoTopic[] = [
  {
    tag: "shipping",
    page: "/cart",
    lines: [
      ["visitor", "Do you ship to Norway, and who pays the customs?"],
      ["operator", "We do, in three to five days. Customs are paid on our side, nothing is due at the door."],
      ["visitor", "Good. Then I order the Ridge today."],
    ],
  },
  {
    tag: "returns",
    page: "/orders",
    lines: [
      ["visitor", "The kettle came with a dent near the spout. Order 20418."],
      ["operator", "That should not have left the workshop. A photo of the dent is enough for a new one."],
      ["note", "Third dented Ridge from batch 2610. Packaging has been told."],
      ["visitor", "Sent it by email just now."],
      ["operator", "Got it. A new one goes out tomorrow, and you keep the old one until then."],
    ],
  },
  {
    tag: "product",
    page: "/ridge-kettle",
    lines: [
      ["visitor", "Does the Ridge work on 110 volts?"],
      ["operator", "No, the Ridge is made for 220 to 240 V. The Fen comes in a 110 V version."],
      ["visitor", "And the Fen keeps its temperature as well?"],
      ["operator", "For forty minutes, the Ridge for an hour."],
    ],
  },
  {
    tag: "wholesale",
    page: "/wholesale",
    isLead: true,
    lines: [
      ["visitor", "We run four cafés and need twelve kettles by spring. Is there a price for that?"],
      ["operator", "There is, from ten pieces on. To whom may I send the list?"],
      ["visitor", "To this address, thank you. Delivery in March would do."],
      ["note", "Asked for 30 days to pay. Fine from my side."],
    ],
  },
  {
    tag: "repair",
    page: "/repairs",
    lines: [
      ["visitor", "My kettle of 2019 does not switch off any more. Is that worth a repair?"],
      [
        "operator",
        "It is: the switch costs 14 euros and takes us a day. Send it in with the form on this page.",
      ],
      ["visitor", "I will, thanks."],
    ],
  },
];

const OUTDOOR: readonly DemoTopic[] = [
  {
    tag: "sizes",
    page: "/jackets/fog-shell",
    lines: [
      ["visitor", "I am between M and L in the Fog Shell. Which one over a fleece?"],
      ["operator", "Over a fleece, L. The sleeves are the same length in both."],
      ["visitor", "L it is."],
    ],
  },
  {
    tag: "shipping",
    page: "/orders",
    lines: [
      ["visitor", "The parcel has been in Hamburg for four days. Is it lost?"],
      ["operator", "It waits for a second scan. I have asked the carrier to look for it today."],
      ["visitor", "We leave on Friday, so I would need it by Thursday."],
      ["operator", "Then I send a second one by express now. Refuse the first when it comes."],
    ],
  },
  {
    tag: "group order",
    page: "/clubs",
    isLead: true,
    lines: [
      ["visitor", "Our hiking club would like thirty shells with a print. Do you do that?"],
      ["operator", "From twenty pieces on, in two colours. The print takes three weeks."],
      ["visitor", "Three weeks are fine. Can you send samples?"],
    ],
  },
  {
    tag: "product",
    page: "/tents/fog-2",
    lines: [
      ["visitor", "Will the Fog 2 stand on rock, without pegs?"],
      ["operator", "It will, the poles carry it. For wind, take the four lines that come with it."],
    ],
  },
];

const LAMPS: readonly DemoTopic[] = [
  {
    tag: "spare parts",
    page: "/parts",
    lines: [
      ["visitor", "Which bulb fits the Arc of 2021?"],
      ["operator", "An E14 of up to 6 W. We have them in warm and in neutral white."],
      ["visitor", "Warm, please. Two of them."],
    ],
  },
  {
    tag: "invoice",
    page: "/account",
    lines: [
      ["visitor", "The invoice has our old address. Can it be written again?"],
      ["operator", "It can. What is the new one?"],
      ["visitor", "Kanalgatan 4, 211 40 Malmö."],
      ["operator", "Done, the new invoice is in your inbox."],
    ],
  },
  {
    tag: "offices",
    page: "/offices",
    isLead: true,
    lines: [
      ["visitor", "We furnish an office of sixty desks in April. Do you lend lamps for a week to try?"],
      ["operator", "Up to four, for two weeks. Where should they go?"],
      ["visitor", "To Prinzenstraße 20 in Berlin, to the front desk."],
      ["note", "Sixty Arcs would be the largest order of the year."],
    ],
  },
];

/** In the order of the brands. */
export const DEMO_TOPICS: readonly (readonly DemoTopic[])[] = [KETTLES, OUTDOOR, LAMPS];
