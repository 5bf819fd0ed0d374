package dev.postern.fuzz;

import dev.postern.server.enforce.SessionFuzz;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The targets, and what each begins with. */
enum FuzzTarget {
    FRAMES(FrontendFrames.class, 2048),
    STARTUP(StartupPackets.class, 2048),
    BACKEND(BackendStream.class, 4096),
    SESSION(SessionFuzz.class, 4096),
    AUDIT(AuditLines.class, 2048),
    TEXT(SqlTexts.class, 2048),
    GATE(GateVerdicts.class, 2048),
    SENTENCES(Sentences.class, 512);

    private final Class<?> code;
    private final int maxLength;

    FuzzTarget(Class<?> code, int maxLength) {
        this.code = code;
        this.maxLength = maxLength;
    }

    /** Returns the name it goes by on command lines and as a folder. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(FuzzTarget::label).toList();
    }

    /** Returns the class with the method that Jazzer calls. */
    Class<?> code() {
        return code;
    }

    /** Returns the longest input, in bytes. */
    int maxLength() {
        return maxLength;
    }

    /**
     * Returns inputs to begin with.
     *
     * @param corpus the folder of the policy's corpora
     */
    List<byte[]> seeds(Path corpus) throws IOException {
        return switch (this) {
            case FRAMES, SESSION -> SessionFuzz.seeds();
            case STARTUP -> Seeds.startupPackets();
            case BACKEND -> Seeds.backendStreams();
            case AUDIT, TEXT, GATE -> Seeds.statements(corpus);
            case SENTENCES -> Seeds.choices();
        };
    }

    /** Runs it once, in this JVM. */
    void run(byte[] input) throws Throwable {
        try {
            code.getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
