// The ranges of the GIC's interrupt ids. Arm IHI 0069, 2.2: SGIs 0 to 15 and PPIs 16 to 31 of each CPU, SPIs, then LPIs.

/** Below: SGIs and PPIs, each CPU has its own. */
export const FIRST_SPI = 32;
export const FIRST_LPI = 8192;
