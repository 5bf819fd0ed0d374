package dev.postern.grammar.build;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;

/** Makes compiled functions call others in their place. */
final class FunctionReplacer {

    private FunctionReplacer() {}

    /**
     * Returns a class in which functions only pass on to {@code call} of another class.
     *
     * @param functions the class each function passes on to, by the function's method name
     */
    static byte[] replace(byte[] functionClass, Map<String, ClassDesc> functions) {
        ClassFile classFile = ClassFile.of();
        return classFile.transformClass(
                classFile.parse(functionClass),
                ClassTransform.dropping(element ->
                                element instanceof MethodModel method
                                        && functions.containsKey(method.methodName().stringValue()))
                        .andThen(
                                ClassTransform.endHandler(type ->
                                        classFile.parse(functionClass).methods().stream()
                                                .filter(method ->
                                                        functions.containsKey(
                                                                method.methodName().stringValue()))
                                                .forEach(method ->
                                                        type.withMethodBody(
                                                                method.methodName().stringValue(),
                                                                method.methodTypeSymbol(),
                                                                method.flags().flagsMask(),
                                                                code ->
                                                                        passOn(
                                                                                code, method,
                                                                                functions))))));
    }

    private static void passOn(
            CodeBuilder code, MethodModel method, Map<String, ClassDesc> functions) {
        MethodTypeDesc type = method.methodTypeSymbol();
        for (int i = 0; i < type.parameterCount(); i++) {
            code.loadLocal(TypeKind.from(type.parameterType(i)), code.parameterSlot(i));
        }
        ClassDesc target = functions.get(method.methodName().stringValue());
        code.invokestatic(target, SplitFunction.CALL, type)
                .return_(TypeKind.from(type.returnType()));
    }
}
