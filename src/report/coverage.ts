// Which hops of an interrupt's way a recording shows, and which rules are undecided because it does not show a hop.

import type { RuleVerdict, StreamSummary } from '../finding.js';
import type { Kind } from '../kinds.js';
import { adviceFor, CALLS, type Advice } from '../record/advice.js';
import type { KernelTarget } from '../record/recipe.js';
import { groupOf, HOPS, hopOf, kindsOf, type Hop } from './hops.js';
import { streamText } from './streams.js';
import { table } from './table.js';
import { counted, grouped, type Paint } from './text.js';

/** `full`: the recorder declares that it shows them all; `shown`: it shows them; `partial`: some may be missing; `none`: not shown. */
export type Cover = 'full' | 'shown' | 'partial' | 'none';

export interface KindCoverage {
  readonly kind: Kind;
  readonly count: number;
  readonly cover: Cover;
}

interface HopCoverage {
  readonly hop: Hop;
  readonly kinds: readonly KindCoverage[];
  /** Undecided rules that need a kind of this hop which the recording would not show. */
  readonly undecided: readonly string[];
}

/** Interrupt controllers that one machine does not have together: where one sort is shown, the other is not missed. */
const MACHINES = [
  { name: 'x86', groups: ['ioapic', 'pic', 'apic'] },
  { name: 'Arm', groups: ['gic', 'pgic', 'vgic'] },
] as const;
type Machine = (typeof MACHINES)[number];

interface Coverage {
  readonly hops: readonly HopCoverage[];
  /** The other machine, where the recording shows which one it is of, and the undecided rules about it. */
  readonly elsewhere: { readonly machine: Machine['name']; readonly rules: readonly string[] } | undefined;
  readonly advice: readonly Advice[];
  readonly rules: readonly RuleVerdict[];
  readonly streams: readonly StreamSummary[];
}

export function coverageOf(
  kinds: ReadonlyMap<Kind, KindCoverage>,
  rules: readonly RuleVerdict[],
  streams: readonly StreamSummary[],
  recorded: ReadonlySet<string>,
): Coverage {
  const other = otherMachine(kinds);
  const isElsewhere = (kind: Kind): boolean => other?.groups.some((group) => group === groupOf(kind)) ?? false;
  const isAbout = ({ missing }: RuleVerdict): boolean => missing.some((alternatives) => alternatives.every(isElsewhere));
  const open = rules.filter(({ verdict }) => verdict === 'undecided');
  const undecided = open.filter((rule) => !isAbout(rule));
  // what would have been shown did not happen: no other recording decides that
  const isHidden = (kind: Kind): boolean => kinds.get(kind)?.cover !== 'full';
  const hidden = ({ missing }: RuleVerdict): RuleVerdict['missing'] => missing.filter((kinds) => kinds.every(isHidden));
  const hops = HOPS.map((hop) => ({
    hop,
    kinds: kindsOf(hop).filter((kind) => !isElsewhere(kind)).map((kind) => kinds.get(kind) ?? { kind, count: 0, cover: 'none' as const }),
    undecided: undecided.filter((rule) => hidden(rule).flat().some((kind) => hopOf(kind) === hop)).map(({ rule }) => rule),
  }));
  const missing = new Map(undecided.map((rule) => [rule.rule, hidden(rule)] as const));
  return {
    hops,
    elsewhere: other && { machine: other.name, rules: open.filter(isAbout).map(({ rule }) => rule) },
    advice: adviceFor(targetOf(kinds), missing, recorded),
    rules,
    streams,
  };
}

const shownGroupsOf = (kinds: ReadonlyMap<Kind, KindCoverage>): ReadonlySet<string> => new Set([...kinds.values()].filter(({ count }) => count > 0).map(({ kind }) => groupOf(kind)));

function otherMachine(kinds: ReadonlyMap<Kind, KindCoverage>): Machine | undefined {
  const shown = shownGroupsOf(kinds);
  const absent = MACHINES.filter(({ groups }) => groups.every((group) => !shown.has(group)));
  return absent.length === 1 ? absent[0] : undefined;
}

/** What was recorded, as far as it shows in the kinds. */
function targetOf(kinds: ReadonlyMap<Kind, KindCoverage>): KernelTarget {
  const groups = shownGroupsOf(kinds);
  if (['gic', 'vgic', 'pgic'].some((group) => groups.has(group))) return 'arm64-kvm';
  return groups.has('vfio') ? 'vfio' : 'x86-kvm';
}

/** Commands to copy, each with the lines of its recipe that are missing and the rules they would decide. */
function adviceText(advice: readonly Advice[], paint: Paint): string[] {
  if (advice.length === 0) return [];
  const command = ({ source }: Advice): string => (source === CALLS ? 'the program\'s own log' : `irqreplay record ${source}`);
  const rows = advice.map((each) => [command(each), each.lines.join(', '), each.rules.join(', ')]);
  return [`${paint('bold', 'To record next time')}\n${table([{ head: 'with' }, { head: 'what shows it', width: 40 }, { head: 'rules decided so', width: 50 }], rows)}`];
}

const list = (kinds: readonly KindCoverage[]): string =>
  kinds.map(({ kind, count }) => (count > 0 ? `${kind} ×${grouped(count)}` : kind)).join(', ');

/** `intx.*` where nothing of a group is shown, at no hop. What tells that something was not done is missing where all was. */
const absent = (kinds: readonly KindCoverage[], shownGroups: ReadonlySet<string>): string => {
  const names = kinds.filter(({ kind, cover }) => cover === 'none' && !kind.endsWith('.void')).map(({ kind }) => (shownGroups.has(groupOf(kind)) ? kind : `${groupOf(kind)}.*`));
  return [...new Set(names)].join(', ');
};

function hopRows({ hop, kinds, undecided }: HopCoverage, shownGroups: ReadonlySet<string>): string[][] {
  const by = (cover: Cover): string => list(kinds.filter((kind) => kind.cover === cover));
  const facts = [
    ['shown, all of them', by('full')],
    ['shown', by('shown')],
    ['shown in part', by('partial')],
    ['not shown', absent(kinds, shownGroups)],
    ['rules undecided so', undecided.join(', ')],
  ].filter(([, text]) => text !== '');
  return facts.map(([what = '', text = ''], i) => [i === 0 ? hop : '', what, text]);
}

function pathTable(hops: readonly HopCoverage[]): string {
  const shown = hops.flatMap(({ kinds }) => kinds).filter(({ cover }) => cover !== 'none');
  const shownGroups = new Set(shown.map(({ kind }) => groupOf(kind)));
  const rows = hops.flatMap((hop) => hopRows(hop, shownGroups));
  return table([{ head: 'hop' }, { head: '' }, { head: 'events', width: 90 }], rows);
}

function countText(rules: readonly RuleVerdict[], elsewhere: Coverage['elsewhere']): string {
  const undecided = rules.filter(({ verdict }) => verdict === 'undecided').length;
  const count = elsewhere?.rules.length ?? 0;
  const others = elsewhere === undefined || count === 0 ? '' : `, ${grouped(count)} of them for want of ${elsewhere.machine}'s interrupt controllers, which the machine does not have`;
  return `${grouped(undecided)} of ${counted(rules.length, 'rule')} undecided${others}; \`irqreplay check\` tells the unknown variables`;
}

export function coverageText({ hops, elsewhere, advice, rules, streams }: Coverage, paint: Paint): string {
  const blocks = [
    paint('bold', hops.map(({ hop }) => hop).slice(1).join(' → ')),
    pathTable(hops),
    ...adviceText(advice, paint),
    countText(rules, elsewhere),
    streams.map(streamText).join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}
