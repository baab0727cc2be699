// Writes into the local APICs' address window, which QEMU calls `apic-msi`: a register of the page, or a message. Devices, the IOAPIC and programs
// send messages there, all alike (hw/intc/apic.c apic_mem_write: offset below 0x10 or above 0xfff is a message): whose it is follows from what its
// thread did just before, as QEMU sends messages by plain calls (msix_notify, ioapic_service). This is the one place that decides it.

import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';

/** Makes events of a message that its thread sent. */
type Send = (message: Access) => void;

interface Sender {
  /** Bus, slot and function as one number, NaN unknown: whose message it is if that is right. */
  readonly requester: number;
  readonly send: Send;
}

const ITS = 'translation';

/** 0xfee00000; the offset in it is the address modulo this. */
const WINDOW = 0x10_0000;
const PAGE_END = 0xfff;
const FIRST_REGISTER = 0x10;
/** A message prints its write and up to two lines of its delivery. */
const ECHO_LINES = 4;

/**
 * With KVM's local APICs all that is written there are messages (hw/i386/kvm/apic.c). With an interrupt remapping unit in between, devices write into its window. What reaches the APICs is then not logged. On arm64 they write into
 * the second page of the ITS (hw/intc/arm_gicv3_its_common.c) or into a GICv2m frame (hw/intc/arm_gicv2m.c).
 */
export const MESSAGE_REGIONS: ReadonlySet<string> = new Set(['apic-msi', 'kvm-apic-msi', 'vtd-ir', 'amdvi-ir', ITS, 'gicv2m']);

/** Messages pass the SMMU like any other access of a device: what is logged is the address behind it. */
export const isBehindIommu = ({ region }: Access): boolean => region === ITS || region === 'gicv2m';

/** Is an access of such a region a message, and not one of an APIC's registers? */
export function isMessage({ write, region, addr }: Access): boolean {
  const offset = addr % WINDOW;
  return write && (region !== 'apic-msi' || offset < FIRST_REGISTER || offset > PAGE_END);
}

export class Messages {
  readonly #journal: Journal;
  readonly #senders = new Map<number, Sender>();
  /** Messages that an ITS gets, by thread: its own line, which comes next, names the requester. */
  readonly #atIts = new Map<number, { readonly message: Access; readonly sender: Sender }>();
  readonly #turned: () => void;

  /** `turned`: the thread at hand delivers for no interrupt chip any more. */
  constructor(journal: Journal, turned: () => void) {
    this.#journal = journal;
    this.#turned = turned;
  }

  /** The thread at hand does what may send messages: those it sends next, until it does something else, are `sender`'s. */
  expect(sender: Sender): void {
    this.#turned();
    this.#senders.set(this.#journal.tid, sender);
  }

  /** The same for one message, and for the same message again right behind it. */
  expectOne({ requester, send }: Sender): void {
    let first: { readonly addr: number; readonly value: number; readonly line: number } | undefined;
    this.expect({
      requester,
      send: (message) => {
        const { line } = this.#journal;
        const { addr, value } = message;
        if (first === undefined) first = { addr, value, line };
        else if (first.addr !== addr || first.value !== value || line - first.line > ECHO_LINES) return;
        send(message);
      },
    });
  }

  /** The thread at hand does something that sends no message. */
  expectNone(): void {
    this.#turned();
    if (this.#senders.size > 0) this.#senders.delete(this.#journal.tid);
  }

  /** What a thread did last may be lost. */
  lost(): void {
    this.#senders.clear();
    this.#atIts.clear();
  }

  /** A message was sent; false if no device is known to have done it. */
  accessed(message: Access): boolean {
    const { tid } = this.#journal;
    const sender = this.#senders.get(tid);
    if (sender !== undefined && message.region === ITS) this.#atIts.set(tid, { message, sender });
    else sender?.send(message);
    return sender !== undefined;
  }

  /** gicv3_its_translation_write. Functions have the same few numbers as data, and all one address: by these alone one could be taken for another. */
  translated(requester: number): void {
    const { tid } = this.#journal;
    const sent = this.#atIts.get(tid);
    this.#atIts.delete(tid);
    if (sent?.sender.requester === requester) sent.sender.send(sent.message);
  }
}
