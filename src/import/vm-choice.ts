// The second reading of a host's recording, for one of its VMs: whose each record is. A call that probes bracket is of the VM
// that they name, whatever thread it interrupts or serves (virt/kvm/eventfd.c irqfd_wakeup, irqfd_inject); the rest is its thread's.

import { nameOf, type VmFacts } from './vm-facts.js';
import { INTX_HANDLERS, type Sighting, type VmRoster, type Vms, type Whose } from './vms.js';

const INATOMIC = 'kvm_arch_set_irq_inatomic';
/** Probed at their beginning and their end: what lies between is of the same VM. */
const CALLS: ReadonlyMap<string, string> = new Map([['kvm_set_irq_in', 'kvm_set_irq_ret'], [INATOMIC, 'kvm_arch_set_irq_inatomic_ret']]);
const RETURNS = new Map([...CALLS].map(([call, end]) => [end, call]));
/** What the next record of the same thread may be of, and names no VM itself: the call that one makes of the other. */
const NEXT: ReadonlyMap<string, string> = new Map([['irqfd_wakeup', INATOMIC], ['vgic_inject', 'vgic_update_irq_pending']]);
const NAMED = new Map([...NEXT].map(([by, name]) => [name, by]));
/** The timer of a vCPU has its interrupts on the CPU that runs the vCPU, in its thread (arch/arm64/kvm/arch_timer.c kvm_arch_timer_handler, kvm_timer_vcpu_put). */
const OF_TIMER = 'kvm_timer_update_irq';
/** They tell of the host's CPU or of the thread at hand, or of nothing that is a VM's. */
const OF_HOST = new Set(['irq_handler_entry', 'irq_handler_exit', 'vfio_msihandler', 'vfio_msi', 'eventfd_signal', 'eventfd_signal_mask', 'gic_eoimode1_eoi', 'tracing_mark_write', 'print']);
/** What KVM does in an interrupt of the host, too: an irqfd's message, and where it goes; the line of an SPI. */
const IN_INTERRUPTS = new Set(['kvm_msi_set_irq', 'kvm_apic_accept_irq', 'vgic_update_irq_pending']);
/** What it does only where a thread may sleep. */
const IN_THREADS = new Set([
  'kvm_eoi', 'kvm_pv_eoi', 'kvm_inj_virq', 'kvm_entry', 'kvm_exit', 'kvm_apic', 'kvm_mmio', 'kvm_pio', 'kvm_ack_irq', 'kvm_set_irq', 'kvm_set_irq_in', 'kvm_ioapic_set_irq',
  'kvm_pic_set_irq', 'kvm_irqfd', 'kvm_set_irq_routing', 'kvm_vm_ioctl_irq_line', 'kvm_send_userspace_msi', 'kvm_cr', 'kvm_hv_synic_set_msr',
]);
/** Of a thread that is not known they leave nothing untold. */
const SILENT = new Set(['kvm_entry', 'kvm_exit']);
const SURE = 0;

interface Call {
  readonly name: string;
  readonly whose: Whose;
  readonly inInterrupt: boolean | undefined;
}

/** A thread, or the interrupts that come in between of what it does. */
const placeOf = (key: number, inInterrupt: boolean | undefined): number => 2 * key + (inInterrupt === true ? 1 : 0);

export class VmChoice implements Vms {
  readonly #facts: VmFacts;
  readonly #names: ReadonlySet<string>;
  readonly #vm: number | undefined;
  readonly #threads: ReadonlySet<number>;
  readonly #known = new Map<number, Whose>();
  /** What each thread is in; an idle one goes by its CPU. */
  readonly #calls = new Map<number, Call[]>();
  /** By thread its last record, if that names the VM of the next; one made in an interrupt stands beside the thread's own. */
  readonly #named = new Map<number, { readonly name: string; readonly whose: Whose }>();
  /** By CPU the thread that may be in an interrupt of which the beginning was not recorded: undefined for whichever it is, SURE for none. */
  readonly #doubts: (number | undefined)[] = [];
  /** It shows where what an irqfd does in interrupts begins and ends. */
  readonly #probed: boolean;
  /** Records of the other VMs, and of those which cannot be told. */
  #others = 0;
  #unknown = 0;

  /** `threads` are said to be its own besides. */
  constructor(roster: VmRoster, { vm, threads }: { readonly vm: number | undefined; readonly threads: readonly number[] }) {
    this.#facts = roster.facts;
    this.#names = roster.names;
    this.#vm = vm;
    this.#threads = new Set(threads);
    this.#probed = roster.names.has(INATOMIC) && roster.names.has('kvm_arch_set_irq_inatomic_ret');
  }

  get only(): string {
    const which = this.#vm === undefined ? `threads ${[...this.#threads].join(', ')}` : `VM ${nameOf(this.#vm)}`;
    return `${which}, without ${this.#others} records of others${this.#unknown === 0 ? '' : ` and ${this.#unknown} that may be its own`}`;
  }

  whose(sighting: Sighting): Whose {
    const { name, tid, on } = sighting;
    const key = tid > 0 ? tid : -1 - on;
    const doubt = this.#doubts[on];
    if (IN_THREADS.has(name) || (doubt !== undefined && doubt !== key)) this.#doubts[on] = SURE;
    else if (doubt === undefined) this.#doubts[on] = key;
    const whose = this.#decide(sighting, key);
    this.#follow(sighting, key, whose);
    if (whose === 'other') this.#others++;
    if (whose !== 'unknown') return whose;
    if (SILENT.has(name)) return 'other';
    this.#unknown++;
    return whose;
  }

  #decide(sighting: Sighting, key: number): Whose {
    const { name, kvm, irq, inInterrupt } = sighting;
    if (OF_HOST.has(name)) return 'own';
    if (!Number.isNaN(kvm)) return this.#ofVm(kvm);
    if (INTX_HANDLERS.has(name)) return this.#ofVm(this.#facts.ofIrq(irq));
    if (name === OF_TIMER) return this.#ofThread(key);
    const by = NAMED.get(name);
    if (by !== undefined && (name === INATOMIC || this.#names.has(by))) return this.#whoseIs(placeOf(key, inInterrupt), by);
    if (name === 'irqfd_wakeup' || this.#isUnseen(sighting)) return 'unknown';
    const begun = RETURNS.get(name);
    const call = this.#calls.get(key)?.findLast((each) => each.inInterrupt === inInterrupt && (begun === undefined || each.name === begun));
    if (call !== undefined) return call.whose;
    return inInterrupt ?? this.#mayInterrupt(sighting, key) ? 'unknown' : this.#ofThread(key);
  }

  /** Of the record that the one at hand follows. */
  #whoseIs(place: number, by: string): Whose {
    const before = this.#named.get(place);
    return before?.name === by ? before.whose : 'unknown';
  }

  /** An interrupt may have made it, of which nothing shows where it begins and ends. */
  #isUnseen({ name, inInterrupt }: Sighting): boolean {
    return inInterrupt === undefined && IN_INTERRUPTS.has(name) && !this.#probed;
  }

  #mayInterrupt({ name, on }: Sighting, key: number): boolean {
    return IN_INTERRUPTS.has(name) && this.#doubts[on] === key;
  }

  #follow({ name, kvm, inInterrupt }: Sighting, key: number, whose: Whose): void {
    const place = placeOf(key, inInterrupt);
    if (NEXT.has(name) && !Number.isNaN(kvm)) this.#named.set(place, { name, whose });
    else if (this.#named.size > 0) this.#named.delete(place);
    const call = RETURNS.get(name) ?? name;
    const end = CALLS.get(call);
    if (end === undefined) return;
    const outer = this.#calls.get(key) ?? [];
    const open = outer.findIndex((each) => each.name === call);
    const still = open < 0 ? outer : outer.slice(0, open);
    const calls = name === call && this.#names.has(end) ? [...still, { name, whose, inInterrupt }] : still;
    if (calls.length > 0) this.#calls.set(key, calls);
    else this.#calls.delete(key);
  }

  #ofVm(vm: number | undefined): Whose {
    const own = this.#vm;
    if (vm === undefined || Number.isNaN(vm) || own === undefined) return 'unknown';
    if (vm === own) return 'own';
    // a pointer and a process that nothing brought together may be one
    return vm < 0 === own < 0 || (own < 0 && this.#facts.isPlaced(vm)) ? 'other' : 'unknown';
  }

  #ofThread(key: number): Whose {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const whose = this.#threads.has(key) ? 'own' : key > 0 ? this.#ofVm(this.#facts.ofThread(key)) : 'unknown';
    this.#known.set(key, whose);
    return whose;
  }

  lost(): void {
    this.#calls.clear();
    this.#named.clear();
    this.#doubts.length = 0;
  }

  runs(): void {
    // what runs which vCPU was learned by the first reading
  }
}
