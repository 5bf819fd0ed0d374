package dev.postern.grammar.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The npm package {@code libpg-query}, installed as the committed lock file says.
 *
 * @param directory where its {@code package.json} is
 */
record NpmPackage(Path directory) {

    private static final List<String> INSTALL =
            List.of(
                    "npm",
                    "ci",
                    "--ignore-scripts",
                    "--prefer-offline",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error");
    private static final List<String> MANIFESTS = List.of("package.json", "package-lock.json");

    /**
     * Installs the package unless what is installed came from the same lock file. Npm checks what
     * it fetches against the hashes in the lock file; no script of a package runs.
     *
     * @param manifests the folder with the committed {@code package.json} and {@code
     *     package-lock.json}
     * @param installation a folder of the build; npm writes {@code node_modules} there
     */
    static NpmPackage install(Path manifests, Path installation)
            throws IOException, InterruptedException {
        Stamp stamp = new Stamp(installation.resolve("installed"));
        Path lock = manifests.resolve("package-lock.json");
        NpmPackage installed =
                new NpmPackage(installation.resolve("node_modules").resolve("libpg-query"));
        if (stamp.holds(List.of(lock))
                && Files.exists(installed.wasm())
                && Files.exists(installed.glue())) {
            return installed;
        }
        Files.createDirectories(installation);
        for (String manifest : MANIFESTS) {
            Files.copy(
                    manifests.resolve(manifest),
                    installation.resolve(manifest),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Process npm =
                new ProcessBuilder(INSTALL).directory(installation.toFile()).inheritIO().start();
        int exit = npm.waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", INSTALL) + " ended with " + exit);
        }
        stamp.write(List.of(lock));
        return installed;
    }

    Path wasm() {
        return directory.resolve("wasm").resolve("libpg-query.wasm");
    }

    Path glue() {
        return directory.resolve("wasm").resolve("libpg-query.js");
    }

    Path license() {
        return directory.resolve("LICENSE");
    }
}
