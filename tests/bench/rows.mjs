// What a part prints: each row as soon as it is known, and none without figures.

/** What a template writes in the place of a figure that is none. */
const NONE = /\b(NaN|Infinity|undefined|null)\b/;

export class Rows {
  count = 0;

  /** A heading, or a remark. */
  head(text) {
    console.log(text);
  }

  /** A row of figures; throws if one of them is none. */
  row(text) {
    console.log(text);
    if (!/\d/.test(text) || NONE.test(text)) throw new Error(`a row without its figures: ${text}`);
    this.count += 1;
  }
}
