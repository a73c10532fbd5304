import { describe, expect, it } from "vitest";
import { formatFigure, formatFigureChange, verdictOf } from "./figures.ts";

describe("figures of an evaluation", () => {
  it("are shown in their units", () => {
    expect(formatFigure("ndcg10", 0.61234)).toBe("0.612");
    expect(formatFigure("zeroResultRate", 0.02)).toBe("2.0 %");
    expect(formatFigure("p95Ms", 14.2)).toBe("14 ms");
  });
  it("say which way they went, and ±0 when it does not show", () => {
    expect(formatFigureChange("ndcg10", 0.5, 0.612)).toBe("+0.112");
    expect(formatFigureChange("recall10", 0.5, 0.4)).toBe("−0.100");
    expect(formatFigureChange("mrr", 0.5, 0.50004)).toBe("±0");
    expect(formatFigureChange("zeroResultRate", 0.1, 0.05)).toBe("−5.0 %");
  });
  it("are better or worse by what they mean, not by their sign", () => {
    expect(verdictOf("ndcg10", 0.5, 0.6)).toBe("better");
    expect(verdictOf("zeroResultRate", 0.1, 0.2)).toBe("worse");
    expect(verdictOf("p95Ms", 100, 104)).toBe("same");
    expect(verdictOf("p95Ms", 100, 150)).toBe("worse");
  });
});
