package io.doppelfleet.proxy.site;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** Draws as SVG: hills, a sun and trees, others each time. */
final class Picture {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 600;
  private static final int HILLS = 4;

  private Picture() {}

  /**
   * A landscape.
   *
   * @param trees some 60 bytes each
   */
  static String landscape(RandomGenerator random, int trees) {
    int hue = random.nextInt(360);
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 600\">\n");
    svg.append(rectangle(hue));
    svg.append(
        String.format(
            Locale.ROOT,
            "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"hsl(%d 80%% 75%%)\"/>%n",
            200 + random.nextInt(800),
            90 + random.nextInt(90),
            35 + random.nextInt(30),
            30 + random.nextInt(30)));
    for (int hill = 0; hill < HILLS; hill++) {
      int top = 220 + 90 * hill;
      double phase = random.nextDouble() * 6;
      double wave = 90 + random.nextInt(160);
      int light = 70 - 12 * hill;
      svg.append("<path fill=\"hsl(").append((hue + 120) % 360).append(" 30% ").append(light);
      svg.append("%)\" d=\"M0 600");
      for (int x = 0; x <= WIDTH; x += 20) {
        svg.append(" L").append(x).append(' ').append(ground(x, top, phase, wave));
      }
      svg.append(" L1200 600Z\"/>\n");
      for (int tree = 0; tree < trees / HILLS; tree++) {
        int x = random.nextInt(WIDTH);
        int foot = ground(x, top, phase, wave) + random.nextInt(30);
        int tall = 8 + 5 * hill + random.nextInt(12);
        svg.append(
            String.format(
                Locale.ROOT,
                "<path fill=\"hsl(%d %d%% %d%%)\" d=\"M%d %dl%d %dh%dZ\"/>%n",
                (hue + 100 + random.nextInt(40)) % 360,
                25 + random.nextInt(20),
                light - 12 - random.nextInt(8),
                x,
                foot - tall,
                tall / 3,
                tall,
                -2 * (tall / 3)));
      }
    }
    return svg.append("</svg>\n").toString();
  }

  /** A small one for the browser's tab. */
  static String icon(RandomGenerator random) {
    int hue = random.nextInt(360);
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">%n"
            + "<rect width=\"32\" height=\"32\" rx=\"%d\" fill=\"hsl(%d 50%% 85%%)\"/>%n"
            + "<path d=\"M16 %dl9 18h-18Z\" fill=\"hsl(%d 45%% 35%%)\"/>%n</svg>%n",
        random.nextInt(16),
        hue,
        4 + random.nextInt(4),
        (hue + 100 + random.nextInt(80)) % 360);
  }

  private static String rectangle(int hue) {
    return "<rect width=\""
        + WIDTH
        + "\" height=\""
        + HEIGHT
        + "\" fill=\"hsl("
        + hue
        + " 45% 88%)\"/>\n";
  }

  private static int ground(int x, int top, double phase, double wave) {
    return (int) Math.round(top + 45 * Math.sin(phase + x / wave) + 18 * Math.sin(x / 47.0));
  }
}
