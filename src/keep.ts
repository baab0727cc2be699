// Memories that hold no more than so many keys.

/** Remembers what a key has now: in a full map too, if it has the key, since what it remembers would be out of date. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  if (map.size < most || map.has(key)) map.set(key, value);
}
