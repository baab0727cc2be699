// Source 0 of each GSI: a plain irqfd pulses it for a signal, 1 then 0; whatever else moves it is user space. KVM virt/kvm/eventfd.c irqfd_inject.

import type { EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Channel } from './channels.js';
import type { Context } from './context.js';
import { USERSPACE } from './sources.js';
import { F, T, U, type Tri } from './tri.js';

interface Line {
  /** The oldest signal that no injection has followed. */
  signal: EventOf<'efd.signal'> | undefined;
  /** The rise that answered a signal of a plain irqfd. */
  rise: EventOf<'kvm.set_irq'> | undefined;
  isDriven: boolean;
}

export class IrqfdPulses {
  private readonly channel: Channel;
  private readonly lines = new Map<Gsi, Line>();
  /** Every move of source 0 since the reset has been seen. */
  private seenAll = false;

  constructor(ctx: Context) {
    this.channel = ctx.channels.of('kvm.set_irq');
  }

  begin(fromReset: boolean): void {
    this.lines.clear();
    this.seenAll = fromReset;
  }

  /** The pulse of a plain irqfd that is under way: its rise. */
  underWay(gsi: Gsi): EventOf<'kvm.set_irq'> | undefined {
    return this.lines.get(gsi)?.rise;
  }

  /** Does user space move source 0 of the GSI by itself? */
  isDriven(gsi: Gsi): Tri {
    if (this.lines.get(gsi)?.isDriven === true) return T;
    return this.seenAll && this.channel.covered ? F : U;
  }

  signal(gsi: Gsi, e: EventOf<'efd.signal'>): void {
    this.line(gsi).signal ??= e;
  }

  /** `onlyPlain`: no resample irqfd is bound to the GSI. */
  setIrq(e: EventOf<'kvm.set_irq'>, onlyPlain: boolean): void {
    const line = this.line(e.gsi);
    if (e.source === USERSPACE) move(line, e, onlyPlain);
    if (e.level !== 0) line.signal = undefined;
  }

  /** What was signalled may never be injected. */
  forget(gsi: Gsi): void {
    const line = this.lines.get(gsi);
    if (line !== undefined) line.signal = line.rise = undefined;
  }

  forgetAll(): void {
    for (const line of this.lines.values()) line.signal = line.rise = undefined;
  }

  private line(gsi: Gsi): Line {
    let line = this.lines.get(gsi);
    if (line === undefined) this.lines.set(gsi, (line = { signal: undefined, rise: undefined, isDriven: false }));
    return line;
  }
}

/** A call that returned a status is KVM_IRQ_LINE. */
function move(line: Line, e: EventOf<'kvm.set_irq'>, onlyPlain: boolean): void {
  const isAnswer = e.level !== 0 && line.signal !== undefined && e.ret === undefined;
  if (!isAnswer && (e.level !== 0 || line.rise === undefined)) line.isDriven = true;
  line.rise = isAnswer && onlyPlain ? e : undefined;
}
