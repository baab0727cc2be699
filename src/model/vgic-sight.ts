// What a stream shows of a hypervisor's guest and of the physical GIC behind it: what it does not show may have happened unseen.

import type { Vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Context } from './context.js';
import type { GuestModes } from './guest-modes.js';
import { F, type Tri } from './tri.js';

export class VgicSight {
  private readonly modes: GuestModes;
  private readonly acknowledges: Channel;
  private readonly ends: Channel;
  private readonly deactivations: Channel;
  private readonly physicalAcknowledges: Channel;
  private readonly flushes: Channel;

  constructor({ channels, guestModes }: Context) {
    this.modes = guestModes;
    this.acknowledges = channels.of('gic.iar');
    this.ends = channels.of('gic.eoir');
    this.deactivations = channels.of('gic.dir');
    this.physicalAcknowledges = channels.of('pgic.iar');
    this.flushes = channels.of('vgic.flush');
  }

  /** Does EOIR only drop the priority in the guest? */
  guestMode(stream: number): Tri {
    return this.modes.of(stream);
  }

  /** May the guest end what is active unseen, by a DIR that is not recorded? With EOImode 0 it has none. */
  mayEndUnseen(stream: number, cpu: Vcpu): boolean {
    return this.isWatched(stream) && !this.showsDeactivations(stream) && this.modes.of(stream, cpu) !== F;
  }

  showsDeactivations(stream: number): boolean {
    return this.deactivations.shows(stream);
  }

  /** Does the stream show what the guest acknowledges? */
  isWatched(stream: number): boolean {
    return this.acknowledges.shows(stream);
  }

  showsEnds(stream: number): boolean {
    return this.ends.shows(stream);
  }

  showsPhysical(stream: number): boolean {
    return this.physicalAcknowledges.shows(stream);
  }

  /** Does the stream show the physical GIC, too, and so everything that the guest's ends do to it? */
  isWhole(stream: number): boolean {
    return this.isWatched(stream) && this.showsPhysical(stream) && this.flushes.shows(stream);
  }

  /** Does the stream show what takes a pending interrupt out of its list register, and an active one? That accesses of the guest are recorded, it must have shown. */
  showsMoves(stream: number, isActive: boolean): boolean {
    const deactivated = !isActive || this.guestMode(stream) === F || this.showsDeactivations(stream);
    return this.acknowledges.hasShown(stream) && this.ends.shows(stream) && deactivated;
  }
}
