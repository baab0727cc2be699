// The machine as tables, one function per component; rows of which nothing is known are left out.

import type { Machine } from '../model/machine.js';
import { routeText } from '../model/routing-table.js';
import { bit, decimal, hex, listed, type Row } from './row.js';

const VECTORS = 256;
const PIC_PINS = 8;

type Table = (machine: Machine) => Row[];

const routes: Table = ({ routes: { table } }) =>
  [...(table?.routes ?? [])].map(([gsi, all]) => ({ table: 'routes', what: `gsi:${gsi}`, cells: { to: all.map(routeText).join(' ') } }));

const irqfds: Table = ({ irqfds: all }) =>
  all.bindings().map(({ fd, gsi, resample }) => ({
    table: 'irqfds',
    what: `irqfd:${fd}`,
    cells: { gsi: String(gsi), sort: resample === undefined ? 'plain' : 'resample', resamplefd: resample === undefined ? '' : String(resample) },
  }));

/** Levels that the sources hold on each routed GSI. */
const lines: Table = ({ routes: { table }, sources }) =>
  [...(table?.routes.keys() ?? [])].flatMap((gsi) => {
    const bits = sources.bitsOf(gsi);
    if (bits.length === 0) return [];
    return [{ table: 'GSI lines', what: `gsi:${gsi}`, cells: { level: bit(sources.line(gsi)), sources: bits.map(([source, { level }]) => `${source}=${bit(level)}`).join(' ') } }];
  });

const intx: Table = ({ intx: all }) => [
  ...[...all.seen.lines()].map(({ entity, level }) => ({ table: 'INTx', what: entity, cells: { level: bit(level) } })),
  ...[...all.seen.functions()].map(({ name, drv, dis, messages, home }) => ({
    table: 'INTx functions',
    what: `fn:${name}`,
    cells: { asks: bit(drv.value), disabled: bit(dis.value), messages: bit(messages), line: home ?? '?' },
  })),
];

const msix: Table = ({ msix: functions }) =>
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

const ioapic: Table = ({ ioapic: chip }) =>
  [...chip.all()]
    .sort((a, b) => a.number - b.number)
    .map(({ entity, input, mask, level, rirr, vec, dst, logical }) => ({
      table: 'IOAPIC',
      what: entity,
      cells: { input: bit(input), masked: bit(mask), level: bit(level), 'remote IRR': bit(rirr), vector: decimal(vec), destination: hex(dst), logical: bit(logical) },
    }));

const pic: Table = ({ pic: pair }) =>
  pair.isSeen
    ? [pair.master, pair.slave].map(({ entity, irr, isr, imr, elcr }) => ({
        table: '8259',
        what: entity,
        cells: {
          irr: listed(PIC_PINS, (pin) => irr.get(pin)),
          isr: listed(PIC_PINS, (pin) => isr.get(pin)),
          masked: listed(PIC_PINS, (pin) => imr.get(pin)),
          level: listed(PIC_PINS, (pin) => elcr.get(pin)),
        },
      }))
    : [];

const lapics: Table = ({ lapics: all }) =>
  [...all.all()]
    .sort(([a], [b]) => a - b)
    .map(([, lapic]) => ({
      table: 'Local APICs',
      what: lapic.entity,
      cells: {
        enabled: bit(lapic.enabled),
        irr: listed(VECTORS, (vector) => lapic.bit('irr', vector)),
        isr: listed(VECTORS, (vector) => lapic.bit('isr', vector)),
        tpr: hex(lapic.tpr),
        'EOI suppressed': bit(lapic.suppress),
      },
    }));

const owed: Table = ({ ctx }) =>
  ctx.owed.all().map(({ name, entity, by }) => ({ table: 'Owed', what: entity, cells: { owed: name, since: String(by.seq), by: by.kind } }));

const TABLES: readonly Table[] = [routes, irqfds, lines, intx, msix, ioapic, pic, lapics, owed];

/** Everything that is known, in a fixed order. */
export const stateOf = (machine: Machine): Row[] => TABLES.flatMap((table) => table(machine));
