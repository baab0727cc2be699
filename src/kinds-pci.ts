// The event kinds of PCI functions: their INTx, what their configuration spaces and MSI-X tables are set to and read as, and what virtio adds.

export const PCI_KINDS = {
  // maybe: the wire may have taken this level, then or since. `by`: whose wire moved the line; `stray` 1: some function's that is not recorded.
  'intx.assert': { fn: 'name' },
  'intx.deassert': { fn: 'name' },
  'intx.maybe': { fn: 'name', level: 'bit' },
  'intx.line': { line: 'name', level: 'bit', by: 'name?', stray: 'bit?' },
  // Where the chipset sends the line besides the IOAPIC. Without a pin: nowhere, or it is not known.
  'intx.route': { line: 'name', pin: 'pin?' },
  // `master`: Bus Master Enable, without which a function sends no message.
  'pci.cmd': { fn: 'name', intx_disable: 'bit?', master: 'bit?' },
  'pci.cmd.read': { fn: 'name', intx_disable: 'bit' },
  'pci.status.read': { fn: 'name', int_status: 'bit' },
  'pci.reset': { fn: 'name' },
  'msix.ctrl': { fn: 'name', enable: 'bit', fmask: 'bit?' },
  'msix.ctrl.read': { fn: 'name', enable: 'bit', fmask: 'bit' },
  'msi.ctrl': { fn: 'name', enable: 'bit', mme: 'int?' },
  'msi.ctrl.read': { fn: 'name', enable: 'bit' },
  // Mask Bits as they are written or read, from that of message `first` on: `len` bytes, or if that is not told as many as `val` needs, at least. Without a value: any of them may be another.
  'msi.mask': { fn: 'name', first: 'int?', val: 'int?', len: 'int?' },
  // Pending Bits as they are read, likewise. `settled` 1: what a write asks for the function has done before anything else is read.
  'msi.pending': { fn: 'name', first: 'int', val: 'int', settled: 'bit?' },
  'msix.write': { fn: 'name', entry: 'entry', field: 'dword', val: 'u64', len: 'int?' },
  'msix.read': { fn: 'name', entry: 'entry', field: 'dword', val: 'u64' },
  // `due` 1: the function does not show it; it follows from what it was asked for.
  'msix.fire': { fn: 'name', entry: 'entry', due: 'bit?' },
  // `sure` 0: whose message it is follows from what its thread did before, unless the contents speak against it.
  // `iommu` 1: the address is what an IOMMU may have made of the one that was sent.
  'msix.msg': { fn: 'name', entry: 'entry?', addr: 'u64', data: 'int', sure: 'bit?', iommu: 'bit?' },
  'msix.pba.read': { fn: 'name', base: 'int', val: 'u64' },
  'msix.pba.write': { fn: 'name' },
  // `maybe` 1: it may have gone, or not.
  'msix.reason.clear': { fn: 'name', entry: 'entry', maybe: 'bit?' },
  'msix.use': { fn: 'name', vec: 'entry', ret: 'int' },
  'msix.unuse': { fn: 'name', vec: 'entry' },
  'msix.unuse_all': { fn: 'name' },
  'msi.msg': { fn: 'name', addr: 'u64', data: 'int' },

  // What each of these must mean stands at the head of model/virtio.ts. `q` absent: the recorder does not tell which queue.
  'virtio.vec.write': { fn: 'name', q: 'queue?', val: 'int' },
  'virtio.vec.read': { fn: 'name', q: 'queue?', val: 'int' },
  'virtio.notify': { fn: 'name', q: 'int?' },
  'virtio.config': { fn: 'name' },
  'virtio.isr.read': { fn: 'name', val: 'int' },
  'virtio.reset': { fn: 'name' },
} as const;
