package dev.postern.grammar.build;

import java.io.IOException;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * A folder of class files.
 *
 * @param root the folder of the unnamed package
 */
record ClassFolder(Path root) {

    Path file(ClassDesc type) {
        return root.resolve(type.packageName().replace('.', '/')).resolve(type.displayName() + ".class");
    }

    byte[] read(ClassDesc type) throws IOException {
        return Files.readAllBytes(file(type));
    }

    void write(ClassDesc type, Function<ClassDesc, byte[]> content) throws IOException {
        Files.createDirectories(file(type).getParent());
        Files.write(file(type), content.apply(type));
    }
}
