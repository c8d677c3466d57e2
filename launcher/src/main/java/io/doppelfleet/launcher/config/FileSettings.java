package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The words of a YAML file with the line of each. Knows nothing of options but which of them have
 * entries that the operator names.
 */
final class FileSettings {
  /** Secrets by the ten thousand have their place in a file; more is a mistake or an attack. */
  private static final int LONGEST = 16 * 1024 * 1024;

  private static final int DEEPEST = 8;

  final List<Setting> settings = new ArrayList<>();
  final List<Mistake> mistakes = new ArrayList<>();
  private final String file;

  private FileSettings(String file) {
    this.file = file;
  }

  /** Reads the text of a file; what is no YAML becomes a mistake. */
  static FileSettings read(String file, String text) {
    FileSettings result = new FileSettings(file);
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LONGEST);
    options.setNestingDepthLimit(DEEPEST + 2);
    try {
      Node root = new Yaml(options).compose(new StringReader(text));
      if (root instanceof MappingNode mapping) {
        result.mapping("", mapping, 0);
      } else if (root != null && !isNothing(root)) {
        result.mistake(root.getStartMark(), "\"key: value\" lines are right");
      }
    } catch (MarkedYAMLException e) {
      result.mistake(e.getProblemMark(), "this is no YAML: " + problemOf(e));
    } catch (YAMLException e) {
      result.mistake(null, "this is no YAML, or too long, or too deep");
    }
    return result;
  }

  /** SnakeYAML's sentence without the name of an alias or tag, which may be a secret. */
  private static String problemOf(MarkedYAMLException e) {
    String problem = e.getProblem();
    if (problem == null) {
      return "it can't be read";
    }
    if (problem.contains("alias")) {
      return "an alias (*) without its anchor (&): put the value into quotes";
    }
    return Secret.isPerhapsIn(problem) || problem.contains("tag handle")
        ? "a character with a meaning of its own: put the value into quotes"
        : problem;
  }

  private void mapping(String prefix, MappingNode mapping, int depth) {
    Map<String, Integer> lines = new HashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      Node keyNode = entry.getKeyNode();
      if (!(keyNode instanceof ScalarNode scalar)) {
        mistake(keyNode.getStartMark(), "a key is one word");
        continue;
      }
      String key = scalar.getValue();
      int line = lineOf(keyNode.getStartMark());
      Integer before = lines.putIfAbsent(key, line);
      if (before != null) {
        mistake(
            keyNode.getStartMark(),
            Quoted.key(prefix + key) + " stands already in line " + before + ": keep one");
        continue;
      }
      value(prefix + key, line, entry.getValueNode(), depth);
    }
  }

  private void value(String path, int line, Node node, int depth) {
    if (isNothing(node)) {
      mistake(node.getStartMark(), Quoted.key(path) + " has no value: write one or leave it out");
      return;
    }
    switch (node) {
      case MappingNode mapping when depth < DEEPEST -> mapping(path + ".", mapping, depth + 1);
      case SequenceNode sequence -> sequence(path, line, sequence);
      case ScalarNode scalar -> settings.add(setting(path, line, List.of(scalar.getValue())));
      default -> mistake(node.getStartMark(), Quoted.key(path) + " is too deep");
    }
  }

  private void sequence(String path, int line, SequenceNode sequence) {
    List<String> texts = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      if (item instanceof ScalarNode scalar && !isNothing(item)) {
        texts.add(scalar.getValue());
      } else {
        mistake(item.getStartMark(), "in " + Quoted.key(path) + " each entry is one word");
        return;
      }
    }
    settings.add(setting(path, line, texts));
  }

  /** An empty section says as little as no value, and must not hide an unknown key. */
  private static boolean isNothing(Node node) {
    return node.getTag().equals(Tag.NULL)
        || (node instanceof MappingNode section && section.getValue().isEmpty());
  }

  private Setting setting(String path, int line, List<String> texts) {
    return new Setting(path, file + ":" + line, texts);
  }

  private void mistake(@Nullable Mark mark, String message) {
    int line = lineOf(mark);
    mistakes.add(new Mistake(file + ":" + line, line, message));
  }

  private static int lineOf(@Nullable Mark mark) {
    return mark == null ? 1 : mark.getLine() + 1;
  }

  /** The form in which it passes through vertx-config. */
  JsonObject toJson() {
    JsonArray values = new JsonArray();
    for (Setting setting : settings) {
      values.add(
          new JsonObject()
              .put("path", setting.path())
              .put("origin", setting.origin())
              .put("texts", new JsonArray(setting.texts())));
    }
    JsonArray errors = new JsonArray();
    for (Mistake mistake : mistakes) {
      errors.add(
          new JsonObject()
              .put("origin", mistake.origin())
              .put("line", mistake.line())
              .put("message", mistake.message()));
    }
    return new JsonObject().put("settings", values).put("mistakes", errors);
  }

  /** What {@link #toJson} wrote. */
  static FileSettings ofJson(JsonObject json) {
    FileSettings result = new FileSettings("");
    for (Object value : json.getJsonArray("settings")) {
      JsonObject setting = (JsonObject) value;
      List<String> texts = new ArrayList<>();
      setting.getJsonArray("texts").forEach(text -> texts.add((String) text));
      result.settings.add(
          new Setting(setting.getString("path"), setting.getString("origin"), texts));
    }
    for (Object value : json.getJsonArray("mistakes")) {
      JsonObject mistake = (JsonObject) value;
      result.mistakes.add(
          new Mistake(
              mistake.getString("origin"),
              mistake.getInteger("line"),
              mistake.getString("message")));
    }
    return result;
  }
}
