package dev.postern.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.channel.ChannelHandler;
import java.net.Socket;
import java.time.Clock;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** What may depend on what: the rules by which a reader finds things where they are. */
class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.postern");

    /** The composition root itself, without the packages below it. */
    private static final String COMPOSITION_ROOT = "dev.postern.server";

    private static final String[] CORE = {
        "dev.postern.protocol..",
        "dev.postern.session..",
        "dev.postern.sql..",
        "dev.postern.catalog..",
        "dev.postern.identity..",
        "dev.postern.policy..",
        "dev.postern.audit.."
    };

    private static final String[] COMMANDS = {
        "dev.postern.server.cli..", "dev.postern.server.demo.."
    };

    /** Calls and method references alike. */
    private static final DescribedPredicate<JavaAccess<?>> AMBIENT_CLOCK =
            DescribedPredicate.describe("is an ambient clock", ArchitectureTest::isAmbientClock);

    private static boolean isAmbientClock(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return switch (access.getName()) {
            case "currentTimeMillis", "nanoTime" -> owner.isEquivalentTo(System.class);
            case "now" ->
                    owner.getPackageName().startsWith("java.time")
                            && access.getTarget() instanceof CodeUnitAccessTarget target
                            && target.getRawParameterTypes().stream()
                                    .noneMatch(type -> type.isEquivalentTo(Clock.class));
            case "system", "systemUTC", "systemDefaultZone", "tickMillis", "tickSeconds" ->
                    owner.isEquivalentTo(Clock.class) || owner.isEquivalentTo(InstantSource.class);
            default -> false;
        };
    }

    @Test
    void bothModules_areLookedAt() {
        assertThat(CLASSES.contain("dev.postern.policy.Gate")).isTrue();
        assertThat(CLASSES.contain("dev.postern.server.PosternServer")).isTrue();
    }

    @Test
    void core_neverImportsServer() {
        noClasses()
                .that(resideInAnyPackage(CORE))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.postern.server.."))
                .check(CLASSES);
    }

    @Test
    void core_hasOnlyTheBuffersOfNettyAndNoSockets() {
        noClasses()
                .that(resideInAnyPackage(CORE))
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.netty..")
                                .and(not(resideInAPackage("io.netty.buffer..")))
                                .or(resideInAnyPackage("java.nio.channels..", "java.net.http.."))
                                .or(type(Socket.class)))
                .check(CLASSES);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.postern.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void parsersTypes_stayInSql() {
        noClasses()
                .that(not(resideInAPackage("dev.postern.sql..")))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("net.sf.jsqlparser..", "com.dylibso.chicory.."))
                .check(CLASSES);
    }

    @Test
    void channelHandlers_areInFrontendUpstreamAndAdminOnly() {
        classes()
                .that()
                .areAssignableTo(ChannelHandler.class)
                .should()
                .resideInAnyPackage(
                        "dev.postern.server.frontend..",
                        "dev.postern.server.upstream..",
                        "dev.postern.server.admin..")
                .check(CLASSES);
    }

    @Test
    void channelHandlers_knowNeitherPolicyNorConfiguration() {
        noClasses()
                .that()
                .areAssignableTo(ChannelHandler.class)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("dev.postern.policy..", "dev.postern.server.config.."))
                .check(CLASSES);
    }

    @Test
    void configuration_knowsNothingOfTheRuntime() {
        noClasses()
                .that(resideInAPackage("dev.postern.server.config.."))
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.postern.server..")
                                .and(not(resideInAPackage("dev.postern.server.config..")))
                                .or(resideInAPackage("io.netty..")))
                .check(CLASSES);
    }

    @Test
    void micrometer_staysInMetrics() {
        noClasses()
                .that(not(resideInAPackage("dev.postern.server.metrics..")))
                .should()
                .dependOnClassesThat(resideInAPackage("io.micrometer.."))
                .check(CLASSES);
    }

    @Test
    void standardStreams_areForCommandsOnly() {
        noClasses()
                .that(not(resideInAnyPackage(COMMANDS)))
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void nobody_sleeps() {
        noClasses()
                .should()
                .accessTargetWhere(
                        DescribedPredicate.<JavaAccess<?>>describe(
                                "is Thread.sleep",
                                access ->
                                        access.getTargetOwner().isEquivalentTo(Thread.class)
                                                && access.getName().equals("sleep")))
                .check(CLASSES);
    }

    @Test
    void clocks_areMadeInTheCompositionRootAndForCommandsOnly() {
        noClasses()
                .that(not(resideInAnyPackage(COMMANDS)))
                .and(not(resideInAPackage(COMPOSITION_ROOT)))
                .should()
                .accessTargetWhere(AMBIENT_CLOCK)
                .check(CLASSES);
    }
}
