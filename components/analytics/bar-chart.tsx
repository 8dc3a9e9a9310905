"use client";

import { numberText } from "@/components/format/formats";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { axisTicks } from "./bar-scale";

/** What a part of a bar stands for; told by its pattern, and by its colour. */
export type PartKind = "person" | "atlas" | "program" | "nobody";
export type Bar = {
  key: string;
  label: string;
  /** Still growing: a day that is not over. */
  isOpen?: boolean;
  parts: { kind: PartKind; value: number }[];
};

type BarChartProps = { label: string; bars: readonly Bar[] };

/** Of the words over a bar that is not over yet. */
const SO_FAR_WIDTH = 36;
const HEIGHT = 220;
const BOTTOM = 22;
const LEFT = 40;
const TOP = 18;
/** Pixels that a label under a bar needs. */
const LABEL_W = 46;

/** Bars from zero up. Its table is beside it: to a screen reader it is one picture with a name. */
export function BarChart({ label, bars }: BarChartProps) {
  const id = useId().replace(/[^a-zA-Z0-9]/g, "");
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const sum = ({ parts }: Bar) => parts.reduce((total, { value }) => total + value, 0);
  const ticks = axisTicks(Math.max(0, ...bars.map(sum)));
  const top = ticks.at(-1) ?? 1;
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const slot = Math.max(0, width - LEFT) / Math.max(1, bars.length);
  const every = Math.max(1, Math.ceil(LABEL_W / Math.max(1, slot)));
  return (
    <div ref={frame}>
      {width === 0 ? (
        <div style={{ height: HEIGHT }} />
      ) : (
        <svg role="img" aria-label={label} width={width} height={HEIGHT} className="block text-12">
          <Patterns id={id} />
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--border)" />
              <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" fill="var(--text-2)">
                {numberText(tick)}
              </text>
            </g>
          ))}
          {bars.map((bar, index) => {
            const x = LEFT + index * slot + slot * 0.18;
            return (
              <g key={bar.key}>
                {stack(bar).map(({ kind, from, to }) => (
                  <rect
                    key={kind}
                    x={x}
                    y={y(to)}
                    width={slot * 0.64}
                    height={y(from) - y(to)}
                    {...look(kind, id)}
                  />
                ))}
                {bar.isOpen === true ? (
                  <text
                    x={Math.min(x + slot * 0.32, width - SO_FAR_WIDTH / 2)}
                    y={y(sum(bar)) - 5}
                    textAnchor="middle"
                    fill="var(--text-2)"
                  >
                    so far
                  </text>
                ) : null}
                {index % every === 0 ? (
                  <text x={x + slot * 0.32} y={HEIGHT - 6} textAnchor="middle" fill="var(--text-2)">
                    {bar.label}
                  </text>
                ) : null}
              </g>
            );
          })}
          <line x1={LEFT} x2={width} y1={y(0)} y2={y(0)} stroke="var(--text-2)" />
        </svg>
      )}
    </div>
  );
}

function useWidth(frame: { current: HTMLDivElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}

/** The parts of a bar, each on top of those before; empty ones are left out. */
function stack({ parts }: Bar): { kind: PartKind; from: number; to: number }[] {
  let from = 0;
  return parts.flatMap(({ kind, value }) => {
    const part = { kind, from, to: from + value };
    from += value;
    return value === 0 ? [] : [part];
  });
}

const look = (kind: PartKind, id: string) =>
  ({
    person: { fill: "var(--accent)" },
    atlas: { fill: `url(#${id}-atlas)`, stroke: "var(--role-atlas)" },
    program: { fill: `url(#${id}-program)`, stroke: "var(--text-2)" },
    nobody: { fill: "none", stroke: "var(--text-2)", strokeDasharray: "2 2" },
  })[kind];

function Patterns({ id }: { id: string }) {
  const box = { width: 5, height: 5, patternUnits: "userSpaceOnUse" } as const;
  return (
    <defs>
      <pattern id={`${id}-atlas`} {...box} patternTransform="rotate(45)">
        <line x1="1" x2="1" y1="0" y2="5" stroke="var(--role-atlas)" strokeWidth="2.5" />
      </pattern>
      <pattern id={`${id}-program`} {...box}>
        <circle cx="2.5" cy="2.5" r="1.2" fill="var(--text-2)" />
      </pattern>
    </defs>
  );
}

const WORD: Record<PartKind, string> = {
  person: "Operator",
  atlas: "Atlas",
  program: "Program",
  nobody: "Nobody",
};

/** What each pattern stands for. */
export function Legend({ kinds }: { kinds: readonly PartKind[] }): ReactNode {
  const id = useId().replace(/[^a-zA-Z0-9]/g, "");
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-12 text-ink-2">
      {kinds.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <svg width={14} height={12} aria-hidden="true">
            <Patterns id={`${id}${kind}`} />
            <rect x={1} y={1} width={12} height={10} {...look(kind, `${id}${kind}`)} />
          </svg>
          {WORD[kind]}
        </li>
      ))}
    </ul>
  );
}
