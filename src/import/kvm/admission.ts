// What of a recording of several VMs goes to the assembler, where one of them was chosen: its own records, and a loss in place of
// those that may be its own.

import { noteLoss, type StreamInfo } from '../format.js';
import type { Sighting, Vms } from '../vms.js';
import type { KvmAssembler } from './assembler.js';

export class Admission {
  readonly #info: StreamInfo;
  readonly #vms: Vms;
  readonly #kvm: KvmAssembler;
  /** Records left out since the last loss told that may be the VM's own, and the line of the first. */
  #untold = 0;
  #line = 0;

  constructor(info: StreamInfo, vms: Vms, kvm: KvmAssembler) {
    this.#info = info;
    this.#vms = vms;
    this.#kvm = kvm;
    kvm.machines.onRun = (tid, vcpu) => vms.runs(tid, vcpu);
  }

  /** True if the record at hand is to be told. */
  admits(sighting: Sighting): boolean {
    const whose = this.#vms.whose(sighting);
    if (whose === 'own') this.tellLoss();
    if (whose === 'unknown' && this.#untold++ === 0) this.#line = this.#kvm.journal.line;
    return whose === 'own';
  }

  /** The recorder lost events. */
  lost(): void {
    this.#vms.lost();
  }

  /** Before the VM's next record, and at the end. */
  tellLoss(): void {
    if (this.#untold === 0) return;
    const n = this.#untold;
    this.#untold = 0;
    noteLoss(this.#info, { line: this.#line, n, what: `${n} ${n === 1 ? 'record' : 'records'} of an unknown VM` });
    this.#kvm.lost(undefined, n);
  }
}
