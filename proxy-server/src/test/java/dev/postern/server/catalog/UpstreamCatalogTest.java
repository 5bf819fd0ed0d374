package dev.postern.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Catalog;
import dev.postern.server.upstream.ProbeTarget;
import dev.postern.server.upstream.TestPostgres;
import dev.postern.server.upstream.UpstreamProbe;
import dev.postern.server.upstream.UpstreamWay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service, the probe and a PostgreSQL of this machine. */
@Timeout(120)
final class UpstreamCatalogTest {

    @TempDir static Path directory;

    private static void eventually(String what, BooleanSupplier condition)
            throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static boolean has(@Nullable Catalog catalog, String function) {
        return catalog != null && !catalog.routines(function).isEmpty();
    }

    @Test
    void serverThatComesLate_changes_andGoes_isFollowed() throws Exception {
        try (TestPostgres server =
                TestPostgres.create(
                        directory.resolve("data"),
                        "host all all 127.0.0.1/32 trust\n",
                        List.of())) {
            server.sql("CREATE ROLE reader LOGIN");
            server.stop();
            ProbeTarget target =
                    new ProbeTarget(
                            "shop",
                            List.of("127.0.0.1:" + server.port()),
                            "reader",
                            _ -> new char[0],
                            List.of("postgres"),
                            UpstreamWay.PLAIN,
                            new ProbeTarget.Timing(Duration.ofMillis(100), Duration.ofSeconds(5)),
                            new ProbeTarget.Requirements(true, true, null));
            try (UpstreamProbe probe = UpstreamProbe.start(List.of(target), System::nanoTime);
                    CatalogService catalogs = start(target, probe)) {
                catalogs.awaitFirstLooks(Duration.ofSeconds(30));
                assertThat(catalogs.troubles())
                        .containsExactly(
                                "catalog of postgres on upstream shop cannot be read: no host to read from");

                server.start(List.of());
                eventually("first read", () -> catalogs.troubles().isEmpty());
                Catalog first = catalogs.current("shop", "postgres");
                assertThat(has(first, "fresh")).isFalse();

                server.sql("CREATE FUNCTION public.fresh() RETURNS int RETURN 1");
                eventually("fresh function", () -> has(lookAgain(catalogs), "fresh"));
                assertThat(Objects.requireNonNull(catalogs.current("shop", "postgres")).version())
                        .isGreaterThan(Objects.requireNonNull(first).version());

                server.stop();
                assertThat(has(catalogs.current("shop", "postgres"), "fresh")).isTrue();
                server.start(List.of());
                server.sql("CREATE FUNCTION public.fresher() RETURNS int RETURN 1");
                eventually("after a restart", () -> has(lookAgain(catalogs), "fresher"));
            }
        }
    }

    private static CatalogService start(ProbeTarget target, UpstreamProbe probe) {
        return CatalogService.start(
                List.of(target),
                probe,
                new CatalogSettings(
                        Duration.ofHours(1),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(2),
                        new CatalogLimits(1_000_000, 10_000, 1_000_000, Duration.ofSeconds(30))),
                result -> {},
                System::nanoTime);
    }

    private static @Nullable Catalog lookAgain(CatalogService catalogs) {
        return catalogs.lookAgain("shop", "postgres").join();
    }
}
