package io.doppelfleet.launcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules on modules and packages. The launcher is the one module that sees all that run. */
class HouseTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.doppelfleet");

  @Test
  void allModulesAreSeen() {
    assertThat(CLASSES)
        .extracting(JavaClass::getPackageName)
        .contains(
            "io.doppelfleet.fleet",
            "io.doppelfleet.cluster",
            "io.doppelfleet.otlp",
            "io.doppelfleet.proxy",
            "io.doppelfleet.control",
            "io.doppelfleet.control.store",
            "io.doppelfleet.launcher");
  }

  @Test
  void fleetDependsOnNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.fleet..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.proxy..",
            "io.doppelfleet.control..",
            "io.doppelfleet.launcher..",
            "io.doppelfleet.standin..",
            "io.doppelfleet.bench..")
        .check(CLASSES);
  }

  /** Its jar is opened by a process in a cluster alone, so nothing else may need what is there. */
  @Test
  void hazelcastIsBehindOneModuleThatNobodyNeeds() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.doppelfleet.cluster..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.cluster..", "com.hazelcast..", "io.vertx.spi.cluster.hazelcast..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.cluster..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.proxy..",
            "io.doppelfleet.control..",
            "io.doppelfleet.launcher..",
            "io.doppelfleet.bench..")
        .check(CLASSES);
  }

  /** The same of what sends metrics. */
  @Test
  void openTelemetryIsBehindOneModuleThatNobodyNeeds() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.doppelfleet.otlp..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.otlp..",
            "io.micrometer.registry.otlp..",
            "io.opentelemetry..",
            "com.google.protobuf..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.otlp..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.proxy..",
            "io.doppelfleet.control..",
            "io.doppelfleet.launcher..",
            "io.doppelfleet.bench..")
        .check(CLASSES);
  }

  @Test
  void theDataPlaneDependsOnFleetAlone() {
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.proxy..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.control..",
            "io.doppelfleet.launcher..",
            "io.doppelfleet.standin..",
            "io.doppelfleet.bench..")
        .check(CLASSES);
  }

  @Test
  void theControlPlaneDependsOnFleetAlone() {
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.control..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.proxy..",
            "io.doppelfleet.launcher..",
            "io.doppelfleet.standin..",
            "io.doppelfleet.bench..")
        .check(CLASSES);
  }

  @Test
  void standInsDependOnFleetAlone() {
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.standin..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.doppelfleet.proxy..",
            "io.doppelfleet.control..",
            "io.doppelfleet.launcher..",
            "io.doppelfleet.bench..")
        .check(CLASSES);
  }

  /** What a node runs on meets no stand-in, and costs no memory for one. */
  @Test
  void onlyTheDemoAndTheDoctorMeetStandIns() {
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.launcher..")
        .and()
        .resideOutsideOfPackages(
            "io.doppelfleet.launcher.demo..", "io.doppelfleet.launcher.doctor..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.doppelfleet.standin..")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fleet", "proxy", "control", "standin", "launcher"})
  void noPackagesOfAModuleFormACycle(String module) {
    slices()
        .matching("io.doppelfleet." + module + ".(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /** The slices above have none for what stands in the module's own package. */
  @ParameterizedTest
  @ValueSource(strings = {"launcher", "control"})
  void whatAModulesOwnPackagePutsTogetherKnowsNothingOfIt(String module) {
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet." + module + ".*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.doppelfleet." + module)
        .check(CLASSES);
  }

  /** Whoever has a descriptor's number can still use it when it is another connection's. */
  @Test
  void onlyLegsHaveDescriptors() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.doppelfleet.proxy.leg")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty.channel.unix..")
        .check(CLASSES);
  }

  @Test
  void eventsGoToTheLogAndOnlyTheLauncherWritesToTheScreen() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.doppelfleet.launcher..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatMayBeNull() {
    for (JavaPackage part : CLASSES.getPackage("io.doppelfleet").getSubpackagesInTree()) {
      if (!part.getClasses().isEmpty()) {
        assertThat(part.isAnnotatedWith(NullMarked.class)).as(part.getName()).isTrue();
      }
    }
  }
}
