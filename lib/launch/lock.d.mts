export interface Holder {
  pid: number;
  /** What tells this process from a later one that got the same pid: boot and start time. */
  started: string;
  /** Where its pages are, once known. */
  address: string | null;
}

export interface Lock {
  /** Writes the address into the lock, so that a second launcher can say where the first one is. */
  tell(address: string): void;
  release(): void;
}

export function takeLock(file: string): Lock | Holder;
export function isLock(taken: Lock | Holder): taken is Lock;
export function isAlive(holder: Holder): boolean;
