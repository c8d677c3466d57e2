package io.doppelfleet.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules on this module, which the launcher's {@code HouseTest} doesn't see. */
final class HouseTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.doppelfleet.bench");

  @Test
  void itUsesFleetTheDataPlaneAndStandInsAlone() {
    noClasses()
        .that()
        .resideInAPackage("io.doppelfleet.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.doppelfleet.control..", "io.doppelfleet.launcher..")
        .check(CLASSES);
  }

  /** This module's own package and those within {@code stealth} count as each other does. */
  @Test
  void noPackagesFormACycle() {
    slices().matching("io.doppelfleet.(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
