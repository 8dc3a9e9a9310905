import { Fragment, type ReactNode } from "react";

/** Text in which `code` stands between backticks. */
export function Marked({ text }: { text: string }): ReactNode {
  return text
    .split("`")
    .map((part, index) =>
      index % 2 === 1 ? <code key={index}>{part}</code> : <Fragment key={index}>{part}</Fragment>,
    );
}

/** The same in paragraphs, which an empty line parts. */
export function Paragraphs({ text }: { text: string }): ReactNode {
  return text.split("\n\n").map((paragraph) => (
    <p key={paragraph} className="my-2 max-w-[68ch]">
      <Marked text={paragraph} />
    </p>
  ));
}
