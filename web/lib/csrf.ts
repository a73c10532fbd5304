/** Custom header of every call to the BFF: a foreign page cannot set it without a preflight, which is never granted. */
export const csrfHeader = "x-samla-csrf";
export const csrfValue = "1";
