// Which VMs are alive while an ioctl log goes on. Its rows do not name the VM they are about.

export class LiveVms {
  readonly #descriptors = new Set<number>();
  /** One that was created before the log began. */
  #unnamed = false;

  /** Some VM is alive. */
  used(): void {
    if (this.#descriptors.size === 0) this.#unnamed = true;
  }

  /** True if another one is alive. */
  created(fd: number): boolean {
    const several = this.#unnamed || this.#descriptors.size > 0;
    this.#descriptors.add(fd);
    return several;
  }

  has(fd: number): boolean {
    return this.#descriptors.has(fd);
  }

  /** Without a descriptor: the only one, or, of several, some one of them. */
  closed(fd: number | undefined): void {
    const [oldest] = this.#descriptors;
    const gone = fd ?? oldest;
    if (gone === undefined) this.#unnamed = false;
    else this.#descriptors.delete(gone);
  }
}
