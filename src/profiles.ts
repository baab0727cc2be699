// Where the specification, KVM and QEMU legally differ, as facts of `meta.cfg`: each named and cited. Without a profile either way is
// accepted, but for what the recording itself tells of whose chips it shows.

export const PROFILES = ['spec', 'kvm', 'qemu'] as const;
export type Profile = (typeof PROFILES)[number];

interface Variation {
  /** The field of `meta.cfg`. */
  readonly fact: string;
  /** What differs, in a sentence. */
  readonly what: string;
  readonly source: string;
  /** The fact's value in each profile; a profile that is not here accepts either way. */
  readonly values: Readonly<Partial<Record<Profile, string>>>;
}

const VARIATIONS: readonly Variation[] = [
  {
    fact: 'chips',
    what: 'whose IOAPIC and 8259 pair these are: what a non-specific EOI without a bit in service does, what becomes of an edge while its entry is masked',
    source: 'KVM i8259.c and ioapic.c; QEMU hw/intc/i8259.c and hw/intc/ioapic.c',
    values: { kvm: 'kvm', qemu: 'qemu' },
  },
  {
    fact: 'edgeMaskedLatch',
    what: 'an edge that came while a redirection entry was masked is not delivered when the guest unmasks it',
    source: '82093AA 3.2.4 bit 16; KVM ioapic_write_indirect; QEMU ioapic_set_irq',
    values: { spec: '0', kvm: '0', qemu: '0' },
  },
  {
    fact: 'seoib',
    what: 'EOI broadcasts are suppressed when software asks for it (spec), or broadcast all the same with a split irqchip (kvm)',
    source: 'Intel SDM vol. 3, spurious vector register bit 12; KVM, quirk of suppressed EOI broadcasts',
    values: { spec: 'enabled', kvm: 'quirked' },
  },
  {
    fact: 'splitResampleUser',
    what: 'with a split irqchip the VMM signals resamplefds itself, so one on a message is of use (qemu)',
    source: 'QEMU kvm_resample_fd_notify',
    values: { spec: '0', kvm: '0', qemu: '1' },
  },
  { fact: 'maxRoutes', what: 'entries of a GSI routing table at most', source: 'KVM_MAX_IRQ_ROUTES since Linux 4.17', values: { kvm: '4096', qemu: '4096' } },
  { fact: 'srcBits', what: 'IRQ source ids; the allocator is gone in Linux 6.17', source: 'KVM kvm_request_irq_source_id, BITS_PER_LONG', values: { kvm: '64', qemu: '64' } },
];

/** The facts of a profile, as `--set` takes them. */
export const factsOf = (profile: Profile): string[] =>
  VARIATIONS.flatMap(({ fact, values }) => {
    const value = values[profile];
    return value === undefined ? [] : [`${fact}=${value}`];
  });

/** `X and Y differ in ...`: the variations in which two profiles say different things. */
export const between = (a: Profile, b: Profile): readonly Variation[] => VARIATIONS.filter(({ values }) => values[a] !== values[b]);
