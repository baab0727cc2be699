// How recorders and people name a PCI function: `0000:00:04.0`, or `00:04.0` where there is one domain only (pciutils, lspci -D).

const FIRST_DOMAIN = /(^|:)0000:(?=[\da-f]{2}:[\da-f]{2}\.[0-7])/i;

/** Of the name of a function, or of a thing with such a name in it (`msix:0000:00:04.0/2`), the form in which two of the same are equal. */
export const withoutDomain = (name: string): string => name.replace(FIRST_DOMAIN, '$1');
