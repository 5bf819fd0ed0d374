package dev.postern.grammar.build;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/** Writes the class that tells the server where the C stack lies. */
final class StackLayoutClass {

    private StackLayoutClass() {}

    /** Returns a class with the static methods {@code low()} and {@code high()}. */
    static byte[] write(ClassDesc name, StackLayout layout) {
        return ClassFile.of()
                .build(
                        name,
                        type -> {
                            type.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL);
                            constant(type, "low", layout.low());
                            constant(type, "high", layout.high());
                        });
    }

    private static void constant(ClassBuilder type, String name, int value) {
        type.withMethodBody(
                name,
                MethodTypeDesc.of(ConstantDescs.CD_int),
                ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                code -> code.loadConstant(value).ireturn());
    }
}
