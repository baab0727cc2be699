// Reads a rule page: its `irq` blocks are the rule's tests.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const PAGES = new URL('../../docs/rules/', import.meta.url).pathname;

export interface Block {
  /** `bad`: flagged exactly where `!` stands. `near-miss`: the page's rule stays silent. */
  readonly kind: string;
  /** Components that start unknown where the rest is reset: `except=lapic,ioapic`. */
  readonly except: string;
  readonly text: string;
  /** Line of the fence, 1-based. */
  readonly line: number;
}

interface Page {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export function readPages(): Page[] {
  return readdirSync(PAGES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readPage(name));
}

function readPage(name: string): Page {
  const text = readFileSync(join(PAGES, name), 'utf8');
  const blocks: Block[] = [];
  for (const match of text.matchAll(/^```irq ([\w-]+)(?: except=(\S+))?\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, match.index).split('\n').length;
    blocks.push({ kind: match[1] ?? '', except: match[2] ?? '', text: match[3] ?? '', line });
  }
  return { rule: name.replace(/\.md$/, ''), file: `docs/rules/${name}`, text, blocks };
}
