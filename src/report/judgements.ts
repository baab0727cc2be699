// What a test run found, as a diff: `-` expected and not found, `+` found and not expected.

import type { Difference } from '../expectation.js';
import { counted, printable, type Paint } from './text.js';

export interface Judged extends Difference {
  readonly file: string;
  readonly met: number;
  readonly error: string | undefined;
}

/** Everything that is not as expected: `- ` expected and not found, `+ ` found and not expected. */
export const differences = ({ missing, surplus }: Difference): string[] => [...missing.map((each) => `- ${each}`), ...surplus.map((each) => `+ ${each}`)];

const isWrong = ({ missing, surplus, error }: Judged): boolean => missing.length + surplus.length > 0 || error !== undefined;

export function judgementText({ file, missing, surplus, error }: Judged, paint: Paint): string {
  const lines = [
    `${paint('red', 'failed')}  ${paint('bold', printable(file))}`,
    ...(error === undefined ? [] : [`  ${printable(error)}`]),
    ...differences({ missing, surplus }).map((each) => paint(each.startsWith('-') ? 'red' : 'green', `  ${printable(each)}`)),
  ];
  return `${lines.join('\n')}\n`;
}

export function totalText(judged: readonly Judged[], files: number, paint: Paint): string {
  const wrong = judged.filter(isWrong).length;
  const met = judged.reduce((sum, each) => sum + each.met, 0);
  const left = files - judged.length;
  const rest = left > 0 ? `, ${left} not looked at` : '';
  const words = `${counted(judged.length - wrong, 'recording')} as expected (${counted(met, 'finding')} expected and found), ${wrong} not${rest}`;
  return `${paint(wrong > 0 ? 'red' : 'green', words)}\n`;
}
