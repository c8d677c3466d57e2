package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What {@code k8s} is, rendered: held against Kubernetes' schemas, and against what we read. */
@Tag("waiting")
@Timeout(120)
final class KubernetesTest {
  private static final Path PROGRAMS = Path.of(".venv/bin");
  private static final List<String> VERSIONS = List.of("1.30", "1.37");

  /** What Kubernetes puts into the environment, and secrets. */
  private static final String ADDRESS = "10.0.0.9";

  private static final String STORE = "jdbc:postgresql://db.example.org/doppelfleet";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"link", "cluster"})
  void kubernetesTakesItNobodyGetsRightsAndEachProcessTakesItsConfiguration(String overlay)
      throws Exception {
    String text = said("kubectl", "kustomize", "../k8s/overlays/" + overlay);
    String file = Files.writeString(directory.resolve("rendered.yaml"), text).toString();
    for (String version : VERSIONS) {
      said("kubernetes-validate", "--strict", "--version", version, file);
    }
    List<JsonObject> parts = documents(text);
    assertThat(parts.stream().map(part -> part.getString("kind")))
        .contains("Namespace", "PodDisruptionBudget", "NetworkPolicy")
        .noneMatch(kind -> kind.contains("Role") || kind.contains("Account"))
        .doesNotContain("Secret");

    JsonObject control = pod(parts, "StatefulSet");
    Configuration controls = checked(control, parts);
    int nodes = Objects.requireNonNull(controls.nodes()).listen().port();
    assertThat(port(control, "nodes")).isEqualTo(nodes);
    assertThat(letIn(parts, "control")).contains(nodes);
    JsonObject service = part(parts, "Service", "control").getJsonObject("spec");
    assertThat(service.getString("clusterIP")).isEqualTo("None");
    assertThat(service.getJsonArray("ports").getJsonObject(0).getInteger("port")).isEqualTo(nodes);

    JsonObject proxy = pod(parts, "DaemonSet");
    Configuration proxies = checked(proxy, parts);
    int clients = proxies.listen().getFirst().address().port();
    assertThat(port(proxy, "clients")).isEqualTo(clients);
    assertThat(letIn(parts, "proxy")).contains(clients);
    assertThat(container(proxy).getJsonObject("lifecycle").encode())
        .contains("preStop", "while kill -USR1 1; do sleep 1; done");
    assertThat(proxy.getLong("terminationGracePeriodSeconds"))
        .isGreaterThan(300 + proxies.limits().drain().toSeconds());
    assertThat(Stream.of("startupProbe", "livenessProbe"))
        .as("who hangs can't drain")
        .allSatisfy(
            probe ->
                assertThat(
                        container(proxy)
                            .getJsonObject(probe)
                            .getLong("terminationGracePeriodSeconds"))
                    .isBetween(proxies.limits().drain().toSeconds(), 60L));

    assertThat(parts.stream().filter(part -> part.getString("kind").equals("NetworkPolicy")))
        .flatMap(policy -> all(policy.getJsonObject("spec"), "egress").toList())
        .filteredOn(rule -> rule.encode().contains("\"port\":53,"))
        .as("names are asked wherever their server is")
        .isNotEmpty()
        .noneMatch(rule -> rule.containsKey("to"))
        .allMatch(rule -> rule.encode().contains("\"port\":5353,"), "of OpenShift's pods too");

    if (overlay.equals("cluster")) {
      int member = Objects.requireNonNull(controls.cluster()).options().listen().port();
      int bus = controls.cluster().options().busPort();
      assertThat(
              part(parts, "StatefulSet", "control")
                  .getJsonObject("spec")
                  .getJsonObject("updateStrategy")
                  .getString("type"))
          .as("one after the other two versions of Hazelcast would meet")
          .isEqualTo("OnDelete");
      assertThat(Objects.requireNonNull(proxies.cluster()).options().members())
          .isEqualTo(controls.cluster().options().members());
      assertThat(letIn(parts, "cluster")).containsExactly(member, bus);
    }
  }

  /** What every pod is to be; the configuration of its process. */
  private Configuration checked(JsonObject pod, List<JsonObject> parts) throws Exception {
    assertThat(pod.getBoolean("automountServiceAccountToken")).isFalse();
    assertThat(pod.getBoolean("enableServiceLinks")).isFalse();
    assertThat(pod.getJsonObject("securityContext").encode()).contains("RuntimeDefault");
    assertThat(Stream.concat(all(pod, "initContainers"), all(pod, "containers")))
        .allSatisfy(
            container -> {
              JsonObject context = container.getJsonObject("securityContext");
              assertThat(context.getBoolean("readOnlyRootFilesystem")).isTrue();
              assertThat(context.getBoolean("allowPrivilegeEscalation")).isFalse();
              assertThat(context.encode()).contains("\"drop\":[\"ALL\"]");
              assertThat(container.encode()).contains("\"limits\":{\"memory\":");
              assertThat(container.getString("image")).contains(":").doesNotContain("/", "latest");
            });
    JsonObject container = container(pod);
    assertThat(
            container
                .getJsonObject("securityContext")
                .getBoolean(
                    "runAsNonRoot",
                    pod.getJsonObject("securityContext").getBoolean("runAsNonRoot")))
        .isTrue();
    Configuration configuration = configuration(pod, container, parts);
    int health = Objects.requireNonNull(configuration.watching().health()).port();
    assertThat(port(pod, "health")).isEqualTo(health);
    assertThat(Stream.of("startupProbe", "livenessProbe", "readinessProbe"))
        .allSatisfy(
            probe ->
                assertThat(container.getJsonObject(probe).getJsonObject("httpGet").getMap())
                    .containsEntry("port", "health")
                    .containsEntry("path", probe.startsWith("live") ? "/livez" : "/readyz"));
    return configuration;
  }

  /** Of its file in a ConfigMap, and of its environment, as properties. */
  private Configuration configuration(JsonObject pod, JsonObject container, List<JsonObject> parts)
      throws Exception {
    String map =
        all(pod, "volumes")
            .filter(volume -> volume.getString("name").equals("configuration"))
            .map(volume -> volume.getJsonObject("configMap").getString("name"))
            .findFirst()
            .orElseThrow();
    JsonObject data = part(parts, "ConfigMap", map).getJsonObject("data");
    assertThat(container.getJsonArray("args"))
        .containsExactly("run", "--config", "/etc/doppelfleet/doppelfleet.yaml");
    Path file =
        Files.writeString(directory.resolve(map + ".yaml"), data.getString("doppelfleet.yaml"));
    Map<String, String> properties = new HashMap<>();
    all(container, "env")
        .forEach(
            each ->
                properties.put(
                    each.getString("name").toLowerCase(Locale.ROOT).replace('_', '.'),
                    each.containsKey("value")
                        ? each.getString("value")
                        : each.encode().contains("status.podIP") ? ADDRESS : STORE));
    properties.forEach(System::setProperty);
    try {
      return ConfigurationSource.read(file, directory);
    } finally {
      properties.keySet().forEach(System::clearProperty);
    }
  }

  private static String said(String program, String... arguments) throws Exception {
    return ServiceTest.said(
        Stream.concat(Stream.of(PROGRAMS.resolve(program).toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static List<JsonObject> documents(String text) {
    List<JsonObject> documents = new ArrayList<>();
    for (String each : text.split("(?m)^---$", -1)) {
      Map<String, Object> content = new Yaml().load(each);
      documents.add(new JsonObject(content));
    }
    return documents;
  }

  private static JsonObject part(List<JsonObject> parts, String kind, String name) {
    return parts.stream()
        .filter(part -> part.getString("kind").equals(kind))
        .filter(part -> part.getJsonObject("metadata").getString("name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " is called " + name));
  }

  private static JsonObject pod(List<JsonObject> parts, String kind) {
    JsonObject part = part(parts, kind, kind.equals("DaemonSet") ? "proxy" : "control");
    return part.getJsonObject("spec").getJsonObject("template").getJsonObject("spec");
  }

  private static JsonObject container(JsonObject pod) {
    return pod.getJsonArray("containers").getJsonObject(0);
  }

  private static int port(JsonObject pod, String name) {
    return all(container(pod), "ports")
        .filter(port -> port.getString("name").equals(name))
        .map(port -> port.getInteger("containerPort"))
        .findFirst()
        .orElseThrow();
  }

  /** The ports that a policy opens. */
  private static List<Integer> letIn(List<JsonObject> parts, String policy) {
    JsonObject spec = part(parts, "NetworkPolicy", policy).getJsonObject("spec");
    return all(spec, "ingress")
        .flatMap(rule -> all(rule, "ports"))
        .map(port -> port.getInteger("port"))
        .toList();
  }

  private static Stream<JsonObject> all(JsonObject in, String name) {
    JsonArray array = in.getJsonArray(name, new JsonArray());
    return array.stream().map(JsonObject.class::cast);
  }
}
