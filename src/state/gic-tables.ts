// The GICs as tables: interrupts, CPU interfaces, list registers and what KVM knows of virtual interrupts.

import type { GicCpu } from '../model/gic-cpu.js';
import type { Gic } from '../model/gic.js';
import { showSet } from '../model/lr-bank.js';
import type { Machine } from '../model/machine.js';
import { T, not } from '../model/tri.js';
import { bit, decimal, hex, isTold, trigger, type Row, type Table } from './row.js';

const byNumber = (a: Row, b: Row): number => a.what.localeCompare(b.what, 'en', { numeric: true });

const named = (what: string, side: Gic['view']): string => (side === 'pgic' ? `p${what}` : what);

const interrupts = (table: string, gic: Gic): Row[] =>
  [...gic.all()]
    .map((of): Row => ({
      table,
      what: named(of.entity, gic.view),
      idle: ![of.pending, of.active, of.enabled, of.line].includes(T),
      cells: { pending: bit(of.pending), active: bit(of.active), enabled: bit(of.enabled), line: bit(of.line), latch: bit(of.latch), trigger: trigger(of.level), 'group 1': bit(of.group), priority: hex(of.priority) },
    }))
    .filter(isTold)
    .sort(byNumber);

/** What a CPU runs, the latest first; `?` if what lies below is not known. */
function running({ running: stack, bottomless }: GicCpu): string {
  const shown = stack.toReversed().map(({ id, priority }) => `${id} at priority ${hex(priority)}`);
  return [...shown, ...(bottomless ? ['?'] : [])].join(', ') || 'nothing';
}

const cpus = (table: string, gic: Gic): Row[] =>
  [...gic.cpus()].map((of) => ({
    table,
    what: named(`gic:cpu${of.cpu}`, gic.view),
    cells: { running: running(of), 'priority mask': hex(of.pmr), 'group 0': bit(of.enabled[0]), 'group 1': bit(of.enabled[1]), EOImode: bit(of.eoimode) },
  }));

/** Each recorder's own: a kernel's probes and a log of the hardware have two clocks. */
const lists = ({ vgic }: Machine): Row[] =>
  [...vgic.banks.byStream].flatMap(([stream, banks]) =>
    [...banks.values()].flatMap((bank) =>
      [...bank.slots.values()].map((slot) => ({
        table: 'List registers',
        what: `lr:cpu${bank.cpu}/${slot.lr}${vgic.banks.byStream.size > 1 ? ` (file ${stream + 1})` : ''}`,
        cells: { INTID: String(slot.vid), state: showSet(slot.set), 'physical INTID': slot.hw === T ? decimal(slot.pid) : 'none', 'guest ran': slot.ran ? '1' : '0' },
      })),
    ),
  );

/** Where KVM itself tells of them. */
const virtual = ({ vgic, ctx }: Machine): Row[] =>
  [...(ctx.channels.of('vgic.irq').seen === 0 ? [] : vgic.interrupts.all())]
    .map((of): Row => ({ table: "KVM's virtual interrupts", what: of.entity, cells: { line: bit(of.line), latch: bit(of.latch), enabled: bit(of.enabled), trigger: trigger(not(of.edge)), priority: hex(of.priority) } }))
    .filter(isTold)
    .sort(byNumber);

export const gicTables: readonly Table[] = [
  { names: 'intid', rows: ({ gic }) => interrupts('GIC', gic) },
  { names: 'gic', rows: ({ gic }) => cpus('GIC CPU interfaces', gic) },
  { names: 'pintid', rows: ({ pgic }) => interrupts('Physical GIC', pgic) },
  { names: 'pgic', rows: ({ pgic }) => cpus('Physical GIC CPU interfaces', pgic) },
  { names: 'intid', rows: virtual },
  { names: 'lr', rows: lists },
];
