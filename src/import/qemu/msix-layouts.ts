// Where QEMU's device models have their MSI-X table, for logs without the reads of configuration spaces that tell it. msix_init_exclusive_bar gives
// virtio functions BAR 1 (virtio_pci_realize); e1000e_init_msix; usb_xhci_pci_realize (OFF_MSIX_TABLE); nvme_init_pci.

import type { Place } from './pci-function.js';

interface Layout extends Place {
  readonly devices: RegExp;
  /** Bytes of the BAR, where the offset depends on it. */
  readonly size?: number;
}

const LAYOUTS: readonly Layout[] = [
  { devices: /^virtio-.*-pci/, bar: 1, offset: 0 },
  { devices: /^e1000e$/, bar: 3, offset: 0 },
  { devices: /^(?:qemu|nec-usb)-xhci$/, bar: 0, offset: 0x3000 },
  // Registers and doorbells take two pages at least, table and Pending Bit Array one each.
  { devices: /^nvme$/, bar: 0, offset: 0x2000, size: 0x4000 },
];

/** `sizeOf`: bytes of a mapped BAR. */
export const tableOf = (device: string, sizeOf: (bar: number) => number | undefined): Place | undefined =>
  LAYOUTS.find(({ devices, bar, size }) => devices.test(device) && (size === undefined || size === sizeOf(bar)));
