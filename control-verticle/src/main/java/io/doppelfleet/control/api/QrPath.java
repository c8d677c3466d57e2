package io.doppelfleet.control.api;

import io.nayuki.qrcodegen.QrCode;
import io.vertx.core.json.JsonObject;

/** A QR code as a path of SVG, one unit a module. */
final class QrPath {
  private QrPath() {}

  /** That of a text of at most 2,953 bytes. */
  static JsonObject of(String text) {
    QrCode code = QrCode.encodeText(text, QrCode.Ecc.LOW);
    StringBuilder path = new StringBuilder();
    for (int y = 0; y < code.size; y++) {
      for (int x = 0; x < code.size; x++) {
        int begin = x;
        while (code.getModule(x, y)) { // false beyond the edge
          x++;
        }
        if (x > begin) {
          path.append("M%d %dh%dv1h-%dz".formatted(begin, y, x - begin, x - begin));
        }
      }
    }
    return new JsonObject().put("size", code.size).put("path", path.toString());
  }
}
