// What a hypervisor's guest ends, in its list registers and, with the HW bit, in the physical GIC. Arm IHI 0069, ICV_EOIR<n>_EL1,
// ICV_DIR_EL1 and ICH_LR<n>_EL2.HW; IHI 0048B, 5.5.

import type { EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Context } from './context.js';
import type { Forwarding } from './forwarding.js';
import { isSpecial } from './intids.js';
import { ACTIVE, ANY, BOTH, type ListRegister } from './lr-bank.js';
import type { LrBanks } from './lr-banks.js';
import { physicalCpu, type PhysicalGic } from './physical-gic.js';
import { F, T, U, join, not, type Tri } from './tri.js';
import type { VgicSight } from './vgic-sight.js';

type End = EventOf<'gic.eoir'> | EventOf<'gic.dir'>;

export class GuestEnds {
  private readonly ctx: Context;
  private readonly physical: PhysicalGic;
  private readonly forwarding: Forwarding;
  private readonly banks: LrBanks;
  private readonly sight: VgicSight;

  constructor(ctx: Context, physical: PhysicalGic, forwarding: Forwarding, { banks, sight }: { readonly banks: LrBanks; readonly sight: VgicSight }) {
    this.ctx = ctx;
    this.physical = physical;
    this.forwarding = forwarding;
    this.banks = banks;
    this.sight = sight;
  }

  /** EOIR ends the interrupt with EOImode 0, DIR with EOImode 1. */
  ended(e: End): void {
    if (isSpecial(e.id)) return;
    const mode = this.ctx.guestModes.of(e.stream, e.cpu);
    const ends = e.kind === 'gic.dir' ? mode : not(mode);
    const bank = this.banks.of(e.stream, e.cpu);
    if (!this.sight.isWatched(e.stream)) bank.run(false);
    const running = bank.holding(e.id, ACTIVE | BOTH);
    // What no list register holds is counted.
    bank.endsSince ||= running.length !== 1 || running[0]?.isActive !== true || !this.sight.showsEnds(e.stream);
    const sure = running.length > 1 ? join(ends, F) : ends;
    const settled = e.kind === 'gic.dir' || bank.face.drop(e) || mode === T;
    for (const slot of running.length > 0 ? running : bank.holding(e.id, ANY)) {
      slot.isDoubtful ||= !settled;
      this.end(slot, e, sure);
    }
  }

  private end(slot: ListRegister, e: End, ends: Tri): void {
    slot.ran = true;
    // What the next fold shows is the work of the latest.
    slot.eoirBy = e.kind === 'gic.eoir' ? e : undefined;
    if (ends === F) return;
    this.mayDeactivate(slot, e, ends);
    slot.end(ends);
  }

  /** Does the stream show the physical GIC? A recording that starts late may have shown a write of its active state alone. */
  private tellsOf(pid: Intid, cpu: Vcpu, stream: number): boolean {
    return this.sight.showsPhysical(stream) || this.physical.activeBy(pid, cpu)?.stream === stream;
  }

  /** With HW=1 the end of the virtual interrupt is the end of the physical one, and no line of its own tells. */
  mayDeactivate(slot: ListRegister, e: End | EventOf<'cpu.enter'>, sure: Tri): void {
    const cpu = physicalCpu(e);
    if (slot.hw !== T || slot.pid === undefined || !this.tellsOf(slot.pid, cpu, e.stream)) return;
    const certain = sure === T && slot.isActive && !slot.isDoubtful;
    this.physical.deactivateByHardware(slot.pid, cpu, e, certain ? T : U);
    if (certain) this.forwarding.release(slot.pid, cpu, e);
  }

  /** What the guest has left in a register tells what it did, and how its EOIR works. */
  learn(slot: ListRegister, e: EventOf<'vgic.fold'>, st: 'P' | 'A' | 'PA' | 'I'): void {
    const ended = st === 'I' || st === 'P';
    // An end that did not come through has left it active in either mode, a DIR that is not recorded has ended it in the other.
    const tells = ended ? this.sight.showsDeactivations(e.stream) : !slot.isDoubtful;
    if (slot.eoirBy !== undefined && tells) this.ctx.guestModes.show(e.stream, e.cpu, ended ? F : T);
    const cpu = physicalCpu(e);
    if (slot.hw !== T || slot.pid === undefined || !this.tellsOf(slot.pid, cpu, e.stream)) return;
    const since = this.physical.activeBy(slot.pid, cpu);
    if (st !== 'I') {
      if (slot.eoirBy !== undefined && since === slot.eoirBy) this.physical.deactivateByHardware(slot.pid, cpu, e, U);
    } else if (since === undefined) {
      // It may have been taken again since.
      this.physical.deactivateByHardware(slot.pid, cpu, e, U);
    } else if (since === slot.eoirBy || since.seq <= slot.by.seq) {
      this.physical.deactivateByHardware(slot.pid, cpu, e, T);
      this.forwarding.release(slot.pid, cpu, e);
    }
  }

  /** What is active may be ended unseen from now on. */
  goUnseen({ stream, cpu }: { readonly stream: number; readonly cpu: Vcpu }): void {
    if (!this.sight.mayEndUnseen(stream, cpu)) return;
    for (const slot of this.banks.of(stream, cpu).slots.values()) slot.end(U);
  }
}
