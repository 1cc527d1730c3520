package dev.sallyport.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Date;
import java.util.Set;

@AnalyzeClasses(packages = "dev.sallyport", importOptions = DoNotIncludeTests.class)
class HouseRulesTest {

    /** Decisions; the sub-packages {@code realm} beside them hold the stores and services that Keycloak code calls. */
    private static final String[] DECISIONS = {
        "dev.sallyport.logic",
        "dev.sallyport.document",
        "dev.sallyport.network",
        "dev.sallyport.expression",
        "dev.sallyport.device",
        "dev.sallyport.posture",
        "dev.sallyport.outbound",
        "dev.sallyport.risk",
        "dev.sallyport.access",
        "dev.sallyport.audit",
        "dev.sallyport.delivery",
        "dev.sallyport.lock",
        "dev.sallyport.privilege",
        "dev.sallyport.evaluation",
        "dev.sallyport.elevation",
        "dev.sallyport.watch",
        "dev.sallyport.finding",
        "dev.sallyport.detection"
    };

    private static final Set<String> CLOCKS = Set.of("currentTimeMillis", "nanoTime");

    @ArchTest
    static final ArchRule decisionsKnowNoServerAndNoDatabase = noClasses()
            .that()
            .resideInAnyPackage(DECISIONS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.keycloak..", "jakarta..", "javax.persistence..", "org.hibernate..", "java.sql..")
            .as("decisions are plain Java on records");

    @ArchTest
    static final ArchRule decisionsTakeTheTimeAsAnArgument = noClasses()
            .that()
            .resideInAnyPackage(DECISIONS)
            .should()
            .accessTargetWhere(readsAClock())
            .as("decisions are given the time, since what they say of a moment must not depend on when they are asked");

    @ArchTest
    static final ArchRule expressionsAloneKnowTheirLibrary = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sallyport.expression")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.cel..", "com.google..", "org.antlr..")
            .as("the library of expressions can be exchanged in one place");

    @ArchTest
    static final ArchRule capabilitiesFormNoCycle =
            slices().matching("dev.sallyport.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule aClassIsNamedAfterWhatItIs = noClasses()
            .should()
            .haveNameMatching(".*[.$](\\w+(Manager|Helper|Util|Utils|Impl)|Abstract\\w*Base)")
            .as("a class is the noun that the field uses");

    private static DescribedPredicate<JavaAccess<?>> readsAClock() {
        return describe("reads a clock", access -> readsAClock(access.getTarget()));
    }

    private static boolean readsAClock(AccessTarget target) {
        var owner = target.getOwner();
        if (owner.isEquivalentTo(System.class)) return CLOCKS.contains(target.getName());
        if (owner.isEquivalentTo(Clock.class)) return target.getName().matches("system.*|tick.*");
        if (owner.isEquivalentTo(Date.class)) return target.getFullName().endsWith("<init>()");
        return owner.getPackageName().equals("java.time")
                && target.getName().equals("now")
                && !target.getFullName().contains("Clock");
    }
}
