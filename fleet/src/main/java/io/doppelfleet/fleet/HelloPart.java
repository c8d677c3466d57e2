package io.doppelfleet.fleet;

/**
 * A part of many tokens, which are told one part after the other: a link is never held up for long.
 *
 * @param tokens {@value #MOST} at most
 * @param next where the part after it begins, 1..{@value #END}; {@link #END}: it is the last
 */
public record HelloPart(HelloTokens tokens, int next) {
  /** Tokens of one: with them a text has 32 KiB. */
  public static final int MOST = 4_000;

  /** Behind the last part; the first begins at 0, and only who tells them knows what is between. */
  public static final int END = 1 << 16;

  /** Of none. */
  public static final HelloPart NONE = new HelloPart(HelloTokens.NONE, END);

  /** Checks the bounds. */
  public HelloPart {
    Bounds.number("tokens' count", tokens.size(), 0, MOST);
    Bounds.number("next", next, 1, END);
  }
}
