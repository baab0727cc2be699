// The text of a GSI routing table, as `kvm.routes map=` carries it, and the table it stands for.
// `GSI:ioapic.PIN`, `GSI:pic.PIN` (0-15), `GSI:gic.PIN` (SPI 32 + PIN), `GSI:msi@0xADDR/0xDATA`, `GSI:msi` (message unknown), `GSI:FN.ENTRY=0xDATA` (MSI of a table entry),
// `GSI:other`, `FROM-TO` (entries of unknown type), `default` (KVM's x86 table), `...` (more entries than are written).

import { entry, gsi, pin, type Entry, type Gsi, type Pin } from '../ids.js';

export type Route =
  | { readonly type: 'ioapic' | 'pic' | 'gic'; readonly pin: Pin }
  | { readonly type: 'msi'; readonly addr?: bigint; readonly data?: number; readonly fn?: string; readonly entry?: Entry }
  | { readonly type: 'other' };

export interface RoutingTable {
  readonly routes: ReadonlyMap<Gsi, readonly Route[]>;
  /** IOAPIC pin to the GSI whose acknowledge notifiers it runs: the last row of the table wins (kvm_irq_map_chip_pin). */
  readonly pins: ReadonlyMap<Pin, Gsi>;
  /** The highest GSI and one. */
  readonly end: number;
  /** False if the table holds more than is written. */
  readonly complete: boolean;
}

/** Pins of KVM's IOAPIC. */
export const IOAPIC_PINS = 24;
/** Pins of KVM's chips: of its two 8259 together; of its GIC as many as there can be SPIs (include/kvm/arm_vgic.h KVM_IRQCHIP_NUM_PINS). */
export const PINS = { ioapic: IOAPIC_PINS, pic: 16, gic: 988 } as const;
/** A range longer than this names no table that any kernel takes. */
const LONGEST_RANGE = 65_536;

/** Parses `map`; parts that cannot be read count as routes of unknown type, so that nothing is concluded from them. */
export function parseRoutingTable(map: string, nr: number): RoutingTable {
  const routes = new Map<Gsi, Route[]>();
  const pins = new Map<Pin, Gsi>();
  let complete = true;
  let entries = 0;
  let end = 0;
  const add = (number: number, route: Route): void => {
    const row = routes.get(gsi(number));
    if (row === undefined) routes.set(gsi(number), [route]);
    else row.push(route);
    if (route.type === 'ioapic') pins.set(route.pin, gsi(number));
    end = Math.max(end, number + 1);
    entries++;
  };
  for (const part of map.split(',')) {
    if (part === '') continue;
    if (part === '...') complete = false;
    else if (part === 'default') addDefault(add);
    else if (!addPart(part, add)) complete = false;
  }
  return { routes, pins, end, complete: complete && entries >= nr };
}

/** KVM's table at KVM_CREATE_IRQCHIP: GSI n to IOAPIC pin n, and below 16 to 8259 pin n too (irq_comm.c default_routing). */
function addDefault(add: (number: number, route: Route) => void): void {
  for (let n = 0; n < IOAPIC_PINS; n++) {
    if (n < PINS.pic) add(n, { type: 'pic', pin: pin(n) });
    add(n, { type: 'ioapic', pin: pin(n) });
  }
}

function addPart(part: string, add: (number: number, route: Route) => void): boolean {
  const range = /^(\d+)-(\d+)$/.exec(part);
  if (range?.[1] !== undefined && range[2] !== undefined) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (to - from >= LONGEST_RANGE) return false;
    for (let n = from; n <= to; n++) add(n, { type: 'other' });
    return true;
  }
  const colon = part.indexOf(':');
  const number = Number(part.slice(0, colon));
  if (colon <= 0 || !Number.isInteger(number)) return false;
  add(number, parseRoute(part.slice(colon + 1)));
  return true;
}

function parseRoute(text: string): Route {
  const chip = /^(?:ioapic|pic|gic)(?=\.(\d+)$)/.exec(text);
  if (chip !== null) return { type: chip[0] === 'pic' ? 'pic' : chip[0] === 'gic' ? 'gic' : 'ioapic', pin: pin(Number(chip[1])) };
  if (text === 'msi') return { type: 'msi' };
  const message = /^msi@(0x[0-9a-f]+)\/(0x[0-9a-f]+|\d+)$/.exec(text);
  if (message?.[1] !== undefined) return { type: 'msi', addr: BigInt(message[1]), data: Number(message[2]) };
  const owned = /^(.+)\.(\d+)(?:=(0x[0-9a-f]+|\d+))?$/.exec(text);
  if (owned?.[1] === undefined) return { type: 'other' };
  const owner = { type: 'msi', fn: owned[1], entry: entry(Number(owned[2])) } as const;
  return owned[3] === undefined ? owner : { ...owner, data: Number(owned[3]) };
}

/** The same routes, in the same order? */
export function sameRoutes(a: readonly Route[], b: readonly Route[]): boolean {
  return a === b || (a.length === b.length && alike(a, b));
}

/** Rarely asked: kept out of what V8 puts into every rule that looks at a line. */
function alike(a: readonly Route[], b: readonly Route[]): boolean {
  for (const [i, route] of a.entries()) if (!sameRoute(route, b[i])) return false;
  return true;
}

function sameRoute(a: Route, b: Route | undefined): boolean {
  if (a.type === 'msi') return b?.type === 'msi' && a.addr === b.addr && a.data === b.data && a.fn === b.fn && a.entry === b.entry;
  if (a.type === 'other') return b?.type === 'other';
  return b?.type === a.type && a.pin === b.pin;
}

/** A route as `map` writes it. */
export function routeText(route: Route): string {
  if (route.type !== 'msi') return 'pin' in route ? `${route.type}.${route.pin}` : route.type;
  const data = route.data === undefined ? '' : `0x${route.data.toString(16)}`;
  if (route.fn !== undefined) return `${route.fn}.${route.entry}${data === '' ? '' : `=${data}`}`;
  return route.addr === undefined ? 'msi' : `msi@0x${route.addr.toString(16)}/${data}`;
}
