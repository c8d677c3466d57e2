package io.doppelfleet.launcher.screen;

import io.nayuki.qrcodegen.QrCode;

/** A QR code in characters: two modules in each, one above the other. */
public final class QrText {
  /** The standard asks for four, telephones are content with two, and a screen has few lines. */
  private static final int MARGIN = 2;

  /** Black on white whatever the terminal's colours are: light codes on dark ground often fail. */
  private static final String BLACK_ON_WHITE = "\u001b[38;5;16;48;5;231m";

  private static final String PLAIN = "\u001b[0m";

  private QrText() {}

  /** The lines of the code for a text of at most 2,953 bytes. */
  public static String of(String text, String indent) {
    QrCode code = QrCode.encodeText(text, QrCode.Ecc.LOW);
    StringBuilder lines = new StringBuilder();
    for (int y = -MARGIN; y < code.size + MARGIN; y += 2) {
      lines.append(indent).append(BLACK_ON_WHITE);
      for (int x = -MARGIN; x < code.size + MARGIN; x++) {
        boolean above = code.getModule(x, y);
        boolean below = code.getModule(x, y + 1);
        lines.append(above ? (below ? '\u2588' : '\u2580') : (below ? '\u2584' : ' '));
      }
      lines.append(PLAIN).append('\n');
    }
    return lines.toString();
  }
}
