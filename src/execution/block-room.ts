/** Something that takes up room and can be told to go. */
export interface RoomGuest {
  readonly sizeBytes: number;
  /** Called once, when the room is needed for others. */
  evict(): void;
}

/** A room of bounded size for blocks. */
export interface BlockRoom {
  /** False, and nothing has changed, when the guest is larger than the room. */
  admit(guest: RoomGuest): boolean;
  /** Marks a guest as used now. */
  touch(guest: RoomGuest): void;
  release(guest: RoomGuest): void;
}
