// Accesses of QEMU's GICv3 as its log prints them.

export interface FrameAccess {
  readonly write: boolean;
  readonly offset: number;
  readonly value: number;
  readonly high: number;
  readonly size: number;
  readonly secure: boolean;
}

export interface SystemAccess {
  /** `ICC_IAR1`, `ICH_LR0_EL2`. */
  readonly register: string;
  readonly write: boolean;
  readonly cpu: number;
  readonly value: number;
  readonly high: number;
}
