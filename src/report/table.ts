// Tables as cli-table3 draws them: no frame, so that lines can be searched and cut, and none of the colours it puts into pipes unasked.

import Table from 'cli-table3';

interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Letters in a line of it, longer texts are broken between words; absent: as wide as its widest cell. */
  readonly width?: number;
}

const SIDES = ['top', 'bottom', 'left', 'mid', 'right'] as const;
const FRAMELESS = Object.fromEntries(
  SIDES.flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((name) => [name, ''])),
);
const GAP = 2;

/** cli-table3 cuts a word that is longer than its column: none is. */
const longestWord = (cells: readonly string[]): number => Math.max(...cells.flatMap((cell) => cell.split(' ').map((word) => word.length)));

/** Cells are safe text. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widthOf = ({ head, width }: Column, at: number): number | null =>
    width === undefined ? null : GAP + Math.max(width, longestWord([head, ...rows.map((row) => row[at] ?? '')]));
  const drawn = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: columns.map(widthOf),
    wordWrap: true,
    chars: { ...FRAMELESS, middle: '' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString().replace(/ +$/gm, '');
}
