package io.doppelfleet.standin.client;

/** The proxy sent what a client would refuse or an observer would notice. */
public final class BrokenRuleException extends RuntimeException {
  private final Rule rule;

  BrokenRuleException(Rule rule, String how) {
    super(rule + ": " + how);
    this.rule = rule;
  }

  /** Which rule was broken. */
  public Rule rule() {
    return rule;
  }
}
