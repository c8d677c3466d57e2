package io.doppelfleet.launcher.command;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/** Where a control's API is asked, and what is said where it isn't answered. */
sealed interface Door permits NodeDoor, WebDoor {
  /** How connections are made. */
  HttpClientOptions client();

  /** A request, which has all but its method and path. */
  RequestOptions request();

  /**
   * Looks before the first request.
   *
   * @throws CommandException where it can be told already that nobody will answer
   */
  void check() throws CommandException;

  /** What is said where no answer came. */
  CommandException unreachable(Throwable why);

  /**
   * What is said of an answer that isn't the API's.
   *
   * @param status of HTTP
   */
  CommandException noApi(int status);

  /**
   * What is said of one that refuses.
   *
   * @param status of HTTP, 400 or more
   * @param detail the API's own words
   * @param after seconds after which it may be asked again; null: it isn't said
   */
  CommandException refused(int status, String detail, @Nullable String after);
}
