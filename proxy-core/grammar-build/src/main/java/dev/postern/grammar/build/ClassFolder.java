package dev.postern.grammar.build;

import java.io.IOException;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A folder of class files.
 *
 * @param root the folder of the unnamed package
 */
record ClassFolder(Path root) {

    Path file(ClassDesc type) {
        return root.resolve(type.packageName().replace('.', '/'))
                .resolve(type.displayName() + ".class");
    }

    byte[] read(ClassDesc type) throws IOException {
        return Files.readAllBytes(file(type));
    }

    /** Returns all class files below the folder. */
    List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
        }
    }

    void write(ClassDesc type, Function<ClassDesc, byte[]> content) throws IOException {
        Files.createDirectories(file(type).getParent());
        Files.write(file(type), content.apply(type));
    }
}
