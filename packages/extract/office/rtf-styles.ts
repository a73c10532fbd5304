type RtfStyle = { name: string; basedOn?: number; outlineLevel?: number };

/** Styles of an RTF file by number, filled while its stylesheet is read. */
export type RtfStyles = {
  open(number: number): void;
  setBase(number: number): void;
  setOutlineLevel(level: number): void;
  close(name: string): void;
  /** Heading level of a style, through its bases, or 0. */
  findHeadingLevel(number: number): number;
};

const maxInheritance = 20;

export function createRtfStyles(): RtfStyles {
  const styles = new Map<number, RtfStyle>();
  let current: RtfStyle | undefined;
  return {
    open(number) {
      current = { name: "" };
      styles.set(number, current);
    },
    setBase(number) {
      if (current) current.basedOn = number;
    },
    setOutlineLevel(level) {
      if (current) current.outlineLevel = level;
    },
    close(name) {
      // A style name may be followed by aliases after a comma.
      if (current) current.name = name.split(/[,;]/)[0]?.trim() ?? "";
      current = undefined;
    },
    findHeadingLevel(number) {
      let id: number | undefined = number;
      for (let step = 0; id !== undefined && step < maxInheritance; step++) {
        const style = styles.get(id);
        if (!style) return 0;
        if (style.outlineLevel !== undefined) return style.outlineLevel < 9 ? style.outlineLevel + 1 : 0;
        const level = /^heading ?([1-9])$/i.exec(style.name)?.[1];
        if (level) return Number(level);
        if (/^title$/i.test(style.name)) return 1;
        id = style.basedOn;
      }
      return 0;
    },
  };
}
