// The machine as tables, one function per component; rows of which nothing is known are left out.

import type { Machine } from '../model/machine.js';
import { U } from '../model/tri.js';
import { NO_VECTOR } from '../model/virtio-vectors.js';
import { routeText } from '../model/routing-table.js';
import { gicTables } from './gic-tables.js';
import { bit, decimal, hex, isOf, isTold, listed, trigger, type Row, type Table } from './row.js';

const VECTORS = 256;
const PIC_PINS = 8;

type Rows = (machine: Machine) => Row[];

const routes: Rows = ({ routes: { table } }) =>
  [...(table?.routes ?? [])].map(([gsi, all]) => ({ table: 'routes', what: `gsi:${gsi}`, cells: { to: all.map(routeText).join(' ') } }));

const irqfds: Rows = ({ irqfds: all }) =>
  all.bindings().map(({ fd, gsi, resample }) => ({
    table: 'irqfds',
    what: `irqfd:${fd}`,
    cells: { gsi: String(gsi), sort: resample === undefined ? 'plain' : 'resample', resamplefd: resample === undefined ? '' : String(resample) },
  }));

/** Levels that the sources hold on each GSI. */
const lines: Rows = ({ sources }) =>
  sources.gsis().flatMap((gsi) => {
    const bits = sources.bitsOf(gsi);
    if (bits.length === 0) return [];
    return [{ table: 'GSI lines', what: `gsi:${gsi}`, cells: { level: bit(sources.line(gsi)), sources: bits.map(([source, { level }]) => `${source}=${bit(level)}`).join(' ') } }];
  });

const intx: Rows = ({ intx: { seen } }) => [...seen.lines()].map(({ entity, level }) => ({ table: 'INTx', what: entity, cells: { level: bit(level) } }));

const functions: Rows = ({ intx: { seen } }) =>
  [...seen.functions()].map(({ name, drv, dis, messages, home }) => ({
    table: 'INTx functions',
    what: `fn:${name}`,
    cells: { asserts: bit(drv.value), disabled: bit(dis.value), messages: bit(messages), line: home ?? '?' },
  }));

const msix: Rows = ({ msix: functions }) =>
  [...functions.all()].flatMap((fn) =>
    [...fn.entries.values()].map((entry) => ({
      table: 'MSI-X',
      what: entry.entity,
      cells: {
        enabled: bit(fn.enabled),
        'masked (entry)': bit(entry.mask),
        'masked (either)': bit(fn.masked(entry)),
        pending: bit(entry.pending),
        address: entry.addrHi === undefined || entry.addr === undefined ? '?' : hex((BigInt(entry.addrHi) << 32n) | BigInt(entry.addr)),
        data: hex(entry.data),
      },
    })),
  );

const ioapic: Rows = ({ ioapic: chip }) =>
  [...chip.all()]
    .sort((a, b) => a.number - b.number)
    .map(({ entity, input, mask, level, rirr, vec, dst, logical }) => ({
      table: 'IOAPIC',
      what: entity,
      cells: { input: bit(input), masked: bit(mask), trigger: trigger(level), 'remote IRR': bit(rirr), vector: decimal(vec), destination: hex(dst), logical: bit(logical) },
    }));

const pic: Rows = ({ pic: pair }) =>
  pair.isSeen
    ? [pair.master, pair.slave].map(({ entity, irr, isr, imr, elcr, aeoi }) => ({
        table: '8259',
        what: entity,
        cells: {
          irr: listed(PIC_PINS, (pin) => irr.get(pin)),
          isr: listed(PIC_PINS, (pin) => isr.get(pin)),
          masked: listed(PIC_PINS, (pin) => imr.get(pin)),
          'level-triggered': listed(PIC_PINS, (pin) => elcr.get(pin)),
          'automatic EOI': bit(aeoi),
        },
      }))
    : [];

const lapics: Rows = ({ lapics: all }) =>
  [...all.all()]
    .sort(([a], [b]) => a - b)
    .map(([, lapic]) => ({
      table: 'Local APICs',
      what: lapic.entity,
      cells: {
        enabled: bit(lapic.enabled),
        irr: listed(VECTORS, (vector) => lapic.irr.get(vector)),
        isr: listed(VECTORS, (vector) => lapic.isr.get(vector)),
        tpr: hex(lapic.tpr),
        'EOI suppressed': bit(lapic.suppress),
      },
    }))
    .filter(isTold);

const owed: Rows = ({ ctx }) =>
  ctx.owed.all().map(({ name, entity, by }) => ({ table: 'Owed', what: entity, cells: { owed: name, since: String(by.seq), by: by.kind } }));

/** INTx of assigned devices: those of which more than the wire is known, which any function has. */
const vfio: Rows = ({ vfio: all }) =>
  [...all.all()]
    .filter(({ masked, gsi, due }) => masked !== U || gsi !== undefined || due !== undefined)
    .map(({ entity, masked, gsi, wire, due }) => ({
      table: 'VFIO',
      what: entity,
      cells: { masked: bit(masked), gsi: decimal(gsi), wire: bit(wire), 'signal due': due === undefined ? '?' : due ? '1' : '0' },
    }));

const vectorText = (may: readonly number[] | undefined): string => (may === undefined ? '?' : may.map((vector) => (vector === NO_VECTOR ? 'none' : String(vector))).join(' or '));

/** Vectors of virtio functions and the wire that their ISR status holds up. */
const virtio: Rows = ({ virtio: all }) =>
  [...all.all()].flatMap(({ name, vectors, isr }) => [
    { table: 'virtio functions', what: `fn:${name}`, cells: { wire: bit(isr.wire) } },
    ...vectors.all.map(([queue, may]) => ({ table: 'virtio vectors', what: `virtio:${name}/${queue}`, cells: { vector: vectorText(may) } })),
  ]);

const TABLES: readonly Table[] = [
  { names: 'gsi', rows: routes },
  { names: 'irqfd', rows: irqfds },
  { names: 'gsi', rows: lines },
  { names: 'intx', rows: intx },
  { names: 'fn', rows: functions },
  { names: 'dev', rows: vfio },
  { names: 'msix', rows: msix },
  { names: 'virtio', rows: virtio },
  { names: 'pin', rows: ioapic },
  { names: 'pic', rows: pic },
  { names: 'lapic', rows: lapics },
  ...gicTables,
];

/** Everything that is known, in a fixed order. */
export const stateOf = (machine: Machine): Row[] => [...TABLES, { rows: owed }].flatMap(({ rows }) => rows(machine));

/** One vector of each local APIC. */
const vectors = (machine: Machine, vector: number): Row[] =>
  [...machine.lapics.all()].map(([cpu, lapic]) => ({
    table: 'Vectors',
    what: `vector:${vector}@cpu${cpu}`,
    cells: { irr: bit(lapic.irr.get(vector)), isr: bit(lapic.isr.get(vector)) },
  }));

/** What is known of a vector by itself; nothing for other things. */
export function vectorState(machine: Machine, thing: string): Row[] {
  const [, vector] = /^vector:(\d+)/.exec(thing) ?? [];
  return vector === undefined ? [] : vectors(machine, Number(vector)).filter(({ what }) => isOf(what, thing));
}

/** Has it the name of something that the tables show? */
export const isThing = (name: string): boolean => ['vector', ...TABLES.map(({ names }) => names)].some((names) => name.startsWith(`${names}:`));

/** What is known of one thing and of its parts: `pin:ioapic/10`, `msix:0000:00:04.0`, `vector:65@cpu1`. */
export function stateOfThing(machine: Machine, thing: string): Row[] {
  const [names = ''] = thing.split(':', 1);
  const rows = [...TABLES.filter((table) => table.names === names), { rows: owed }].flatMap((table) => table.rows(machine));
  return [...rows.filter(({ what }) => isOf(what, thing)), ...vectorState(machine, thing)];
}
