package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.WasmModule;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Adds the functions that Chicory's compiler was not given to the classes it wrote. */
final class SplitFunctions {

    private SplitFunctions() {}

    /**
     * Writes each of the functions as a class of its own and lets the compiled classes call it.
     *
     * @param classes the folder with the compiled classes
     * @param module the module with these functions' code
     * @param name what the compiled classes' names begin with
     * @param functions their indexes, imports counted
     * @param groupSize how many instructions of a function a method may have
     */
    static void write(
            ClassFolder classes,
            WasmModule module,
            String name,
            Set<Integer> functions,
            int groupSize)
            throws IOException {
        CompiledModule compiled = new CompiledModule(module, name, functionClasses(classes, name));
        Map<ClassDesc, Map<String, ClassDesc>> replacements = new HashMap<>();
        for (int function : functions) {
            SplitFunction split = new SplitFunction(compiled, function, groupSize);
            classes.write(split.name(), _ -> split.write());
            replacements
                    .computeIfAbsent(compiled.holder(function), _ -> new HashMap<>())
                    .put(CompiledModule.method(function), split.name());
        }
        for (Map.Entry<ClassDesc, Map<String, ClassDesc>> each : replacements.entrySet()) {
            byte[] original = classes.read(each.getKey());
            classes.write(each.getKey(), _ -> FunctionReplacer.replace(original, each.getValue()));
        }
    }

    private static Map<Integer, ClassDesc> functionClasses(ClassFolder classes, String name)
            throws IOException {
        Map<Integer, ClassDesc> holders = new HashMap<>();
        ClassDesc holder = ClassDesc.of(name + "MachineFuncGroup_0");
        for (int i = 0; Files.exists(classes.file(holder)); i++) {
            for (MethodModel method : ClassFile.of().parse(classes.read(holder)).methods()) {
                String methodName = method.methodName().stringValue();
                if (methodName.startsWith(CompiledModule.METHOD_PREFIX)) {
                    int function =
                            Integer.parseInt(
                                    methodName.substring(CompiledModule.METHOD_PREFIX.length()));
                    holders.put(function, holder);
                }
            }
            holder = ClassDesc.of(name + "MachineFuncGroup_" + (i + 1));
        }
        return holders;
    }
}
