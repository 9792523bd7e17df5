/** One of a camera's own settings, as V4L2 calls them: `brightness`, `auto_exposure`. */
export interface Control {
  readonly name: string;
  /** V4L2's word for its type: `int`, `bool`, `menu`, `intmenu`, `button`, `str` … */
  readonly kind: string;
  readonly value: string | null;
  readonly fallback: string | null;
  /** Smallest and largest value, where it is a number. */
  readonly range: { readonly min: number; readonly max: number } | null;
  /** What its values mean, where it is a menu. */
  readonly choices: readonly Choice[];
  /** Another control has it in hand, as automatic exposure has the exposure time. */
  readonly isInactive: boolean;
  readonly isReadOnly: boolean;
}

export interface Choice {
  readonly value: number;
  readonly means: string;
}

/** What somebody wants a control to be. */
export interface ControlSetting {
  readonly name: string;
  readonly value: string;
}
