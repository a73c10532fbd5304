/** Order of two versions: negative when the first is older. */
export type CompareVersions = (a: string, b: string) => number;

const compareNumbers = (a: string, b: string): number => {
  const [x, y] = [a.replace(/^0+(?=\d)/, ""), b.replace(/^0+(?=\d)/, "")];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
};

/** Order of semantic versions (https://semver.org, clause 11); what lacks parts has zeros there. */
export const compareSemver: CompareVersions = (a, b) => {
  const take = (text: string) => {
    const [main = "", ...rest] = text.replace(/^[v=]/, "").split("+")[0]?.split("-") ?? [];
    return { main: main.split("."), before: rest.join("-") };
  };
  const [x, y] = [take(a), take(b)];
  for (let i = 0; i < 3; i += 1) {
    const order = compareNumbers(x.main[i] ?? "0", y.main[i] ?? "0");
    if (order !== 0) return order;
  }
  if (x.before === "" || y.before === "") return (x.before === "" ? 1 : 0) - (y.before === "" ? 1 : 0);
  const [left, right] = [x.before.split("."), y.before.split(".")];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const [one, other] = [left[i], right[i]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    const order =
      isNumber && isOtherNumber
        ? compareNumbers(one, other)
        : isNumber !== isOtherNumber
          ? Number(isOtherNumber) - Number(isNumber)
          : Number(one > other) - Number(one < other);
    if (order !== 0) return order;
  }
  return 0;
};

/** `~` sorts before the end, letters before all else, as dpkg has it. */
const weightOf = (character: string | undefined): number =>
  character === undefined
    ? 0
    : character === "~"
      ? -1
      : /[A-Za-z]/.test(character)
        ? character.charCodeAt(0)
        : character.charCodeAt(0) + 256;

const comparePart = (a: string, b: string): number => {
  let [x, y] = [a, b];
  while (x !== "" || y !== "") {
    const words = [/^\D*/.exec(x)?.[0] ?? "", /^\D*/.exec(y)?.[0] ?? ""] as const;
    for (let i = 0; i < Math.max(words[0].length, words[1].length); i += 1) {
      const order = weightOf(words[0][i]) - weightOf(words[1][i]);
      if (order !== 0) return order;
    }
    [x, y] = [x.slice(words[0].length), y.slice(words[1].length)];
    const digits = [/^\d*/.exec(x)?.[0] ?? "", /^\d*/.exec(y)?.[0] ?? ""] as const;
    const order = compareNumbers(digits[0] || "0", digits[1] || "0");
    if (order !== 0) return order;
    [x, y] = [x.slice(digits[0].length), y.slice(digits[1].length)];
  }
  return 0;
};

/** Order of Debian versions `[epoch:]upstream[-revision]` (deb-version(7)). */
export const compareDebian: CompareVersions = (a, b) => {
  const take = (text: string) => {
    const colon = text.indexOf(":");
    const rest = text.slice(colon + 1);
    const dash = rest.lastIndexOf("-");
    return {
      epoch: colon === -1 ? "0" : text.slice(0, colon),
      upstream: dash === -1 ? rest : rest.slice(0, dash),
      revision: dash === -1 ? "" : rest.slice(dash + 1),
    };
  };
  const [x, y] = [take(a), take(b)];
  return compareNumbers(x.epoch, y.epoch) || comparePart(x.upstream, y.upstream) || comparePart(x.revision, y.revision);
};
