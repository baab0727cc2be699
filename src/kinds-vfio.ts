// The event kinds of a host's functions in a guest: what VFIO does in the kernel and in QEMU, and what QEMU does with the routes of their MSIs.

export const VFIO_KINDS = {
  'vfio.irq': { dev: 'name' },
  'vfio.mask': { dev: 'name' },
  'vfio.unmask': { dev: 'name' },
  'vfio.fwd': { dev: 'name', pid: 'intid', val: 'bit' },
  // What QEMU does with a function of the host's. It has it interrupt so from `on` to `off`; from `fast` to `slow` KVM takes its INTx by a resampling irqfd.
  'vfio.on': { dev: 'name', mode: 'vfiomode' },
  'vfio.off': { dev: 'name', mode: 'vfiomode' },
  'vfio.fast': { dev: 'name' },
  'vfio.slow': { dev: 'name' },
  // QEMU takes an INTx itself, and ends it: it unmasks the function.
  'vfio.take': { dev: 'name' },
  'vfio.end': { dev: 'name' },
  // The guest has read a register, through QEMU.
  'vfio.access': { dev: 'name' },
  // Of an MSI-X entry, as its mask asks: interrupts go to KVM where they can; to QEMU, which makes them pending. And QEMU takes one of an entry, or of MSI.
  // `asked` 1: within an access of the guest's to the function.
  'vfio.use': { dev: 'name', entry: 'entry', asked: 'bit?' },
  'vfio.release': { dev: 'name', entry: 'entry', asked: 'bit?' },
  'vfio.msi': { dev: 'name', entry: 'entry', addr: 'u64', data: 'int' },
  // Does the guest read QEMU's Pending Bit Array, or the function's own?
  'vfio.pba': { dev: 'name', val: 'bit' },
} as const;

export const ROUTE_KINDS = {
  // QEMU changes its copy of the table, of an MSI-X entry or MSI message or another's, and gives the whole to KVM.
  'kvm.route.add': { gsi: 'gsi', entry: 'entry' },
  'kvm.route.update': { gsi: 'gsi' },
  'kvm.route.release': { gsi: 'gsi' },
  'kvm.route.commit': {},
} as const;
