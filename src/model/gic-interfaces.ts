// What the registers of CPU interfaces have been set to: they read so until they are written again. Arm IHI 0048B, 4.4; IHI 0069, 12.2
// (ICC_*) and 12.3 (ICV_*, which ICH_VMCR_EL2 shows as a whole).

import type { EventOf } from '../event.js';
import type { Vcpu } from '../ids.js';
import { STREAMS } from './channels.js';
import type { Component, Steps } from './component.js';
import type { GicEvent } from './gic-event.js';

/** The latest writes. */
export interface InterfaceWords {
  pmr: GicEvent<'pmr'> | undefined;
  eoimode: GicEvent<'eoimode'> | undefined;
  readonly points: [GicEvent<'bpr'> | undefined, GicEvent<'bpr'> | undefined];
  readonly enables: [GicEvent<'grpen'> | undefined, GicEvent<'grpen'> | undefined];
}

const keyOf = (stream: number, cpu: Vcpu): number => cpu * STREAMS + stream;

export class GicInterfaces implements Component {
  private own = new Map<number, InterfaceWords>();
  private physical = new Map<number, InterfaceWords>();
  /** A hypervisor runs: `gic.*` is of its guests. */
  isVirtual = false;

  readonly steps: Steps = {
    'gic.physical': () => {
      this.physical = this.own;
      this.own = new Map();
      this.isVirtual = true;
    },
    'gic.load': (e) => void this.own.delete(keyOf(e.stream, e.cpu)),
    'gic.pmr': (e) => void (this.made(this.own, e).pmr = e),
    'gic.bpr': (e) => void (this.made(this.own, e).points[e.group] = e),
    'gic.grpen': (e) => this.enable(this.own, e),
    'gic.eoimode': (e) => void (this.made(this.own, e).eoimode = e),
    'pgic.pmr': (e) => void (this.made(this.physical, e).pmr = e),
    'pgic.bpr': (e) => void (this.made(this.physical, e).points[e.group] = e),
    'pgic.grpen': (e) => this.enable(this.physical, e),
    'pgic.eoimode': (e) => void (this.made(this.physical, e).eoimode = e),
  };

  begin(): void {
    this.own.clear();
    this.physical.clear();
    this.isVirtual = false;
  }

  /** Writes are told apart by the stream that shows them: of those of the others none is lost. */
  lose({ stream }: EventOf<'meta.lost'>): void {
    for (const words of [this.own, this.physical]) for (const key of words.keys()) if (key % STREAMS === stream) words.delete(key);
  }

  /** The machine was reset. */
  reset(): void {
    this.own.clear();
    this.physical.clear();
  }

  /** What the interface that is read has been set to. */
  wordsOf({ kind, stream, cpu }: GicEvent<'iface'>): InterfaceWords | undefined {
    return (kind === 'pgic.iface' ? this.physical : this.own).get(keyOf(stream, cpu));
  }

  private made(of: Map<number, InterfaceWords>, { stream, cpu }: { readonly stream: number; readonly cpu: Vcpu }): InterfaceWords {
    const key = keyOf(stream, cpu);
    let words = of.get(key);
    if (words === undefined) of.set(key, (words = { pmr: undefined, eoimode: undefined, points: [undefined, undefined], enables: [undefined, undefined] }));
    return words;
  }

  private enable(of: Map<number, InterfaceWords>, e: GicEvent<'grpen'>): void {
    const { enables } = this.made(of, e);
    if (e.group !== 1) enables[0] = e;
    if (e.group !== 0) enables[1] = e;
  }
}
