package io.doppelfleet.launcher.screen;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A script by which fish completes our commands, from the same model as the help. */
public final class FishCompletion {
  private final String program;
  private final List<String> paths = new ArrayList<>();
  private final StringBuilder lines = new StringBuilder();

  private FishCompletion(String program) {
    this.program = program;
  }

  /** For a program and all of its commands. */
  public static String of(CommandSpec root) {
    FishCompletion script = new FishCompletion(root.name());
    script.add("", root);
    return script.text();
  }

  private String at() {
    return "__" + program + "_at";
  }

  /** A word is a command where one of that name is known, and else an argument. */
  private String text() {
    String known = paths.stream().map(FishCompletion::quoted).collect(Collectors.joining(" "));
    return String.join(
        "\n",
        "function " + at(),
        "    set -l known " + known,
        "    set -l path ''",
        "    for word in (commandline -opc)[2..-1]",
        "        set -l longer (string trim -- \"$path $word\")",
        "        if contains -- $longer $known",
        "            set path $longer",
        "        end",
        "    end",
        "    test \"$path\" = \"$argv\"",
        "end",
        "complete -c " + program + " -f",
        lines);
  }

  private void add(String path, CommandSpec command) {
    for (OptionSpec option : command.options()) {
      line(path, names(option) + argument(option), option.description());
    }
    command.positionalParameters().forEach(each -> parameter(path, each));
    Set<CommandLine> commands = new LinkedHashSet<>(command.subcommands().values());
    for (CommandLine each : commands) {
      CommandSpec below = each.getCommandSpec();
      line(path, " -a " + quoted(below.name()), below.usageMessage().description());
      String longer = (path + ' ' + below.name()).strip();
      paths.add(longer);
      add(longer, below);
    }
  }

  private void parameter(String path, ArgSpec parameter) {
    String candidates = candidates(parameter);
    if (parameter.type().equals(Path.class)) {
      line(path, " -F");
    } else if (!candidates.isEmpty()) {
      line(path, " -a " + quoted(candidates));
    }
  }

  private static String names(OptionSpec option) {
    return Arrays.stream(option.names())
        .map(
            name -> name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1))
        .collect(Collectors.joining());
  }

  private static String argument(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    String candidates = candidates(option);
    return " -r"
        + (option.type().equals(Path.class) ? " -F" : "")
        + (candidates.isEmpty() ? "" : " -a " + quoted(candidates));
  }

  private static String candidates(ArgSpec argument) {
    Iterable<String> candidates = argument.completionCandidates();
    return candidates == null
        ? ""
        : StreamSupport.stream(candidates.spliterator(), false).collect(Collectors.joining(" "));
  }

  private void line(String path, String what, String... description) {
    lines
        .append("complete -c ")
        .append(program)
        .append(" -n ")
        .append(quoted((at() + ' ' + path).strip()))
        .append(what);
    if (description.length > 0) {
      String first = CommandLine.Help.Ansi.OFF.string(description[0]);
      lines.append(" -d ").append(quoted(first));
    }
    lines.append('\n');
  }

  /** In fish only these two mean something between single quotes. */
  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
