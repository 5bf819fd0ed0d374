package dev.postern.grammar.build;

import com.dylibso.chicory.build.time.compiler.Config;
import com.dylibso.chicory.build.time.compiler.Generator;
import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.IOException;
import java.lang.constant.ClassDesc;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Builds PostgreSQL's parser for the JVM: fetches the package, gives the module its C names back,
 * leaves out what parsing does not need, and compiles the rest to classes.
 *
 * <p>Arguments: the folder with {@code package.json} and its lock file, and a working folder, which
 * gets the classes under {@code classes}.
 */
public final class BuildGrammar {

    /** Classes are named after this; the server's code and this name have to agree. */
    static final String NAME = "dev.postern.sql.grammar.wasm.PostgresParser";

    /**
     * The C stack; deep enough for what the JVM's stack of a parser thread carries, see {@code
     * WasmGrammar}.
     */
    static final int STACK_SIZE = 4 << 20;

    static final Set<String> EXPORTS =
            Set.of(
                    GlueNames.CONSTRUCTORS,
                    "malloc",
                    "free",
                    "wasm_parse_query_raw",
                    "wasm_free_parse_result",
                    "setThrew",
                    "_emscripten_stack_restore",
                    "emscripten_stack_get_current");

    private BuildGrammar() {}

    public static void main(String[] args)
            throws IOException, InterruptedException, URISyntaxException {
        Path manifests = Path.of(args[0]);
        Path work = Path.of(args[1]);
        NpmPackage npmPackage = NpmPackage.install(manifests, work.resolve("npm"));
        Path self =
                Path.of(
                        BuildGrammar.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        List<Path> inputs = List.of(self, npmPackage.wasm(), npmPackage.glue());
        Stamp stamp = new Stamp(work.resolve("built"));
        if (!stamp.holds(inputs)) {
            build(npmPackage, work);
            stamp.write(inputs);
        }
    }

    private static void build(NpmPackage npmPackage, Path work) throws IOException {
        Path classes = work.resolve("classes");
        byte[] wasm = reduce(npmPackage);
        WasmModule module = Parser.parse(wasm);
        Set<Integer> large = LargeFunctions.of(module);

        Path wasmFile = work.resolve("postgres-parser.wasm");
        Files.write(
                wasmFile,
                new ModuleRewriter(wasm).withTraps(large, module.importSection().importCount()));
        Config config =
                Config.builder()
                        .withWasmFile(wasmFile)
                        .withName(NAME)
                        .withTargetClassFolder(classes)
                        .withTargetWasmFolder(classes)
                        .withTargetSourceFolder(work.resolve("unused-sources"))
                        .withInterpreterFallback(InterpreterFallback.FAIL)
                        .build();
        Generator generator = new Generator(config);
        generator.generateMetaWasm(generator.generateResources());

        ClassFolder folder = new ClassFolder(classes);
        folder.write(
                ClassDesc.of(NAME + "StackLayout"),
                name -> StackLayoutClass.write(name, StackLayout.of(module, STACK_SIZE)));
        SplitFunctions.write(folder, module, NAME, large, SplitFunction.GROUP_SIZE);
        MethodSizes.check(folder);

        Path license = classes.resolve("META-INF").resolve("licenses").resolve("libpg-query");
        Files.createDirectories(license);
        Files.copy(
                npmPackage.license(),
                license.resolve("LICENSE"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] reduce(NpmPackage npmPackage) throws IOException {
        byte[] wasm = StackLayout.shrink(Files.readAllBytes(npmPackage.wasm()), STACK_SIZE);
        GlueNames names = GlueNames.read(Files.readString(npmPackage.glue()));
        byte[] named = new ModuleRewriter(wasm).withNames(names, EXPORTS);
        WasmModule module = Parser.parse(named);
        int importCount = module.importSection().importCount();
        BitSet reachable = Reachability.of(module);
        Set<Integer> dead = new HashSet<>();
        for (int i = importCount; i < importCount + module.functionSection().functionCount(); i++) {
            if (!reachable.get(i)) {
                dead.add(i);
            }
        }
        return new ModuleRewriter(named).withTraps(dead, importCount);
    }
}
