package io.doppelfleet.control;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether answers are what the document says. */
final class Documented {
  private static final String JSON = "application/json";

  /** The document is the same for all tests, and it takes long to see that it is right. */
  private static volatile @Nullable OpenAPIContract read;

  private final OpenAPIContract contract;
  private final ResponseValidator validator;

  private Documented(Vertx vertx, OpenAPIContract contract) {
    this.contract = contract;
    this.validator = ResponseValidator.create(vertx, contract);
  }

  /** Of this document, with media types that the library knows. */
  static Future<Documented> of(Vertx vertx, JsonObject document) {
    OpenAPIContract known = read;
    return (known == null ? read(vertx, document) : Future.succeededFuture(known))
        .map(contract -> new Documented(vertx, contract));
  }

  private static Future<OpenAPIContract> read(Vertx vertx, JsonObject document) {
    String text =
        document
            .encode()
            .replace("application/problem+json", JSON)
            .replace("text/event-stream", JSON)
            .replace("\"/api/v1\"", "\"http://localhost/api/v1\"");
    return OpenAPIContract.from(vertx, new JsonObject(text)).onSuccess(contract -> read = contract);
  }

  /** Fails where the answer isn't; what the document has no call for may be answered anyhow. */
  Future<?> check(String method, String path, int status, JsonObject body, @Nullable String etag) {
    Operation operation =
        contract.findOperation(
            "/api/v1" + path.replaceFirst("\\?.*", ""), HttpMethod.valueOf(method));
    if (operation == null) {
      return Future.succeededFuture();
    }
    Map<String, String> head = new HashMap<>();
    head.put("Content-Type", JSON);
    if (etag != null) {
      head.put("ETag", etag);
    }
    Buffer bytes = body.toBuffer();
    return validator
        .validate(ValidatableResponse.create(status, head, bytes, JSON), operation.getOperationId())
        .recover(
            failure ->
                Future.failedFuture(
                    new AssertionError(
                        method + " " + path + " answered " + status + " " + body.encode(),
                        failure)));
  }
}
