package dev.postern.grammar.build;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks that HotSpot will compile what was generated. */
final class MethodSizes {

    /**
     * HotSpot's {@code HugeMethodLimit}: larger methods stay interpreted, some fifty times slower.
     */
    static final int HUGE_METHOD_LIMIT = 8000;

    private MethodSizes() {}

    /**
     * Checks a folder of generated classes.
     *
     * @throws IllegalStateException if a function, or a part of one, is larger than the limit
     */
    static void check(ClassFolder classes) throws IOException {
        for (Path file : classes.files()) {
            List<MethodModel> methods = ClassFile.of().parse(Files.readAllBytes(file)).methods();
            for (MethodModel method : methods) {
                int size = method.code().map(code -> ((CodeAttribute) code).codeLength()).orElse(0);
                if (size > HUGE_METHOD_LIMIT) {
                    throw new IllegalStateException(
                            "%s of %s has %d bytes"
                                    .formatted(
                                            method.methodName().stringValue(),
                                            file.getFileName(),
                                            size));
                }
            }
        }
    }
}
