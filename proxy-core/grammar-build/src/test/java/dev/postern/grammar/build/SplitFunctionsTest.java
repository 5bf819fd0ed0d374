package dev.postern.grammar.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.build.time.compiler.Config;
import com.dylibso.chicory.build.time.compiler.Generator;
import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitFunctionsTest {

    private static final String NAME = "sample.Sample";
    private static final Set<Integer> FUNCTIONS = Set.of(SampleModule.FUNCTION);

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 500})
    void call_functionSplitIntoGroupsOfSize_givesItsResult(int groupSize) throws Exception {
        ClassFolder classes = compiled();
        SplitFunctions.write(
                classes, Parser.parse(SampleModule.wasm()), NAME, FUNCTIONS, groupSize);

        try (URLClassLoader loader = loader()) {
            ExportFunction function = function(loader);
            for (int n = 1; n < 50; n++) {
                assertThat((int) function.apply(n)[0])
                        .as("f(%d)", n)
                        .isEqualTo(SampleModule.expected(n));
            }
        }
    }

    @Test
    void call_functionReplacedByTrapOnly_traps() throws Exception {
        compiled();

        try (URLClassLoader loader = loader()) {
            ExportFunction function = function(loader);
            assertThatThrownBy(() -> function.apply(1)).isInstanceOf(TrapException.class);
        }
    }

    @Test
    void call_threadInterruptedInLoop_endsIt() throws Exception {
        ClassFolder classes = compiled();
        SplitFunctions.write(
                classes,
                Parser.parse(SampleModule.wasm()),
                NAME,
                FUNCTIONS,
                SplitFunction.GROUP_SIZE);

        try (URLClassLoader loader = loader()) {
            ExportFunction function = function(loader);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> function.apply(1_000))
                    .isInstanceOf(ChicoryInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void check_classesOfTheSample_areSmallEnough() throws Exception {
        ClassFolder classes = compiled();
        SplitFunctions.write(classes, Parser.parse(SampleModule.wasm()), NAME, FUNCTIONS, 1);

        MethodSizes.check(classes);

        assertThat(classes.files()).anyMatch(file -> file.endsWith("SampleFunction0.class"));
    }

    private ClassFolder compiled() throws Exception {
        WasmModule module = Parser.parse(SampleModule.wasm());
        Path wasm = folder.resolve("sample.wasm");
        Files.write(
                wasm,
                new ModuleRewriter(SampleModule.wasm())
                        .withTraps(FUNCTIONS, module.importSection().importCount()));
        Config config =
                Config.builder()
                        .withWasmFile(wasm)
                        .withName(NAME)
                        .withTargetClassFolder(folder)
                        .withTargetWasmFolder(folder)
                        .withTargetSourceFolder(folder)
                        .withInterpreterFallback(InterpreterFallback.FAIL)
                        .build();
        new Generator(config).generateResources();
        return new ClassFolder(folder);
    }

    private URLClassLoader loader() throws Exception {
        return new URLClassLoader(new URL[] {folder.toUri().toURL()});
    }

    private static ExportFunction function(ClassLoader loader) throws Exception {
        Class<?> machine = loader.loadClass(NAME + "Machine");
        return Instance.builder(Parser.parse(SampleModule.wasm()))
                .withMachineFactory(instance -> machine(machine, instance))
                .build()
                .export("f");
    }

    private static Machine machine(Class<?> type, Instance instance) {
        try {
            return (Machine) type.getConstructor(Instance.class).newInstance(instance);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
