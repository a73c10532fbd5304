type Piece = { start: number; end: number; text: string; headingPath: readonly string[] };

/**
 * One text of passages that follow each other. What a passage repeats of the one before is left out, where the
 * character ranges say so exactly; a new heading path becomes a line of its own.
 */
export const joinPassages = (passages: readonly Piece[]): string => {
  let text = "";
  let end = -1;
  let heading = "";
  for (const passage of passages) {
    const ownHeading = passage.headingPath.join(" > ");
    const repeated = end - passage.start;
    const isExact = passage.text.length === passage.end - passage.start;
    const rest = repeated > 0 && isExact ? passage.text.slice(repeated) : passage.text;
    if (ownHeading && ownHeading !== heading) text += `${text ? "\n\n" : ""}[${ownHeading}]\n`;
    else if (text && repeated <= 0) text += "\n\n";
    text += rest;
    heading = ownHeading;
    end = Math.max(end, passage.end);
  }
  return text;
};
