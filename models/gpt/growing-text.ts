// The text of an answer as its tokens come. A character may take several tokens: it shows when it is whole.
import type { Tokenizer } from "./tokenizer.ts";

/** Text of single tokens that hold whole characters only; null for others. Shared by all answers of a tokenizer. */
export type Pieces = Map<number, string | null>;

export class GrowingText {
  private readonly tokenizer: Tokenizer;
  private readonly pieces: Pieces;
  /** Whole characters, and the tokens after them. */
  private text = "";
  private pending: number[] = [];

  constructor(tokenizer: Tokenizer, pieces: Pieces) {
    this.tokenizer = tokenizer;
    this.pieces = pieces;
  }

  /** The text with one more token. */
  push(id: number): string {
    const { tokenizer } = this;
    if (tokenizer.byteLevel && this.pending.length === 0) {
      const piece = this.piece(id);
      if (piece !== null) {
        this.text += piece;
        return this.text;
      }
    }
    this.pending.push(id);
    const shown = tokenizer.decode(this.pending, { partial: true });
    // Where tokens are bytes, text is cut safely wherever no character is open. Other decoders look at neighbours.
    if (!tokenizer.byteLevel || shown !== tokenizer.decode(this.pending)) return this.text + shown;
    this.text += shown;
    this.pending = [];
    return this.text;
  }

  /** The text as it stays: a character that was cut in the middle is left out. */
  end(): string {
    return this.text + this.tokenizer.decode(this.pending, { partial: true });
  }

  private piece(id: number): string | null {
    let piece = this.pieces.get(id);
    if (piece === undefined) {
      const whole = this.tokenizer.decode([id]);
      piece = whole === this.tokenizer.decode([id], { partial: true }) ? whole : null;
      this.pieces.set(id, piece);
    }
    return piece;
  }
}
