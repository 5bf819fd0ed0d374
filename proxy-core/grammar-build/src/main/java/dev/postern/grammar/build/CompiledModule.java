package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The names and types in the classes that Chicory's compiler wrote for a module.
 *
 * @param module the module
 * @param name what all class names begin with
 * @param functionClasses the class that holds each function
 */
record CompiledModule(WasmModule module, String name, Map<Integer, ClassDesc> functionClasses) {

    static final String METHOD_PREFIX = "func_";
    static final ClassDesc MEMORY = ClassDesc.of("com.dylibso.chicory.runtime.Memory");
    static final ClassDesc INSTANCE = ClassDesc.of("com.dylibso.chicory.runtime.Instance");

    /** The methods that compiled code calls for memory, globals and traps. */
    ClassDesc shaded() {
        return ClassDesc.of(name + "MachineShaded");
    }

    /** The class with a method for calls through the table, one for each function type. */
    ClassDesc machine() {
        return ClassDesc.of(name + "Machine");
    }

    static String method(int function) {
        return METHOD_PREFIX + function;
    }

    ClassDesc holder(int function) {
        ClassDesc holder = functionClasses.get(function);
        if (holder == null) {
            throw new IllegalArgumentException("function " + function + " was not compiled");
        }
        return holder;
    }

    /** A compiled function takes its parameters, the memory and the instance. */
    MethodTypeDesc type(int function) {
        return type(Types.ofFunction(module, function), List.of());
    }

    /**
     * A call through the table takes the parameters, the table entry, the table, the memory and the
     * instance.
     */
    MethodTypeDesc indirectType(int typeIndex) {
        return type(
                module.typeSection().getType(typeIndex),
                List.of(ConstantDescs.CD_int, ConstantDescs.CD_int));
    }

    TypeKind globalType(int global) {
        return Types.of(module.globalSection().getGlobal(global).valueType());
    }

    private static MethodTypeDesc type(FunctionType type, List<ClassDesc> more) {
        List<ClassDesc> parameters = new ArrayList<>();
        for (ValType parameter : type.params()) {
            parameters.add(Types.of(parameter).upperBound());
        }
        parameters.addAll(more);
        parameters.add(MEMORY);
        parameters.add(INSTANCE);
        ClassDesc result =
                type.returns().isEmpty()
                        ? ConstantDescs.CD_void
                        : Types.of(type.returns().get(0)).upperBound();
        return MethodTypeDesc.of(result, parameters);
    }
}
