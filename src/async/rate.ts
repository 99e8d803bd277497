/** At most so many within any such time. */
export interface Rate {
  readonly most: number;
  readonly perMs: number;
}
