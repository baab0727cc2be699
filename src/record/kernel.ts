// Versions of Linux, as `uname -r` prints them: functions, their arguments and their structures differ between them.

/** Major and minor number. */
export interface Kernel {
  readonly major: number;
  readonly minor: number;
}

/** `6.1`, `6.1.0-50-amd64`, `6.18.44`; undefined for any other text. */
export function parseKernel(text: string): Kernel | undefined {
  const [, major, minor] = /^v?(\d{1,3})\.(\d{1,3})(?:[.+~-]\S*)?$/.exec(text) ?? [];
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

export const kernelText = ({ major, minor }: Kernel): string => `${major}.${minor}`;

export const isAtLeast = (kernel: Kernel, major: number, minor: number): boolean =>
  kernel.major > major || (kernel.major === major && kernel.minor >= minor);
